import { findWarnings, type Policy, type PolicyWarning } from '@countersign/auth-core'
import { spellPosition } from './config-faults.ts'
import type { GatewayConfig } from './loaded-config.ts'
import { type Located, locate } from './located.ts'

/** Something of a configuration that is allowed to be so, and that its author may not have meant. */
export interface ConfigWarning extends Omit<PolicyWarning, 'kind'> {
  readonly kind: PolicyWarning['kind'] | 'admin-in-clear'
}

/** What a configuration without faults is warned of: its listeners first, then its policy. */
export function findConfigWarnings(
  root: Located,
  { gateway, policy }: { readonly gateway: GatewayConfig; readonly policy: Policy },
): readonly ConfigWarning[] {
  return [...adminInClear(root, gateway), ...findWarnings(policy)]
}

/** The admin listener has no TLS of its own. */
function adminInClear(root: Located, { admin, adminUrl, operators }: GatewayConfig): ConfigWarning[] {
  if (operators.length === 0 || admin.loopback || adminUrl?.startsWith('https:')) return []
  return [
    {
      kind: 'admin-in-clear',
      position: spellPosition(locate(root, ['gateway', 'admin']).node.at),
      message: 'gateway.admin is plain HTTP, and operators’ tokens cross the network to it in clear',
      hint: 'listen on 127.0.0.1:9090; or let a proxy before it terminate TLS, and name that: admin_url: https://…',
    },
  ]
}
