import type { ConsentFlow, Credential } from '@countersign/auth-core'
import type { EndpointTimeouts, LoadedConfig } from '../config/loaded-config.ts'

/** An upstream that wants consent, and everything its consent is asked for with. */
export interface ConsentTarget {
  readonly upstream: string
  /** Of its API: what is consented to is for that one. */
  readonly origin: string
  readonly flow: ConsentFlow
  readonly credential: Credential
  readonly scopes: readonly string[]
  readonly timeouts: EndpointTimeouts
  readonly parameters: Readonly<Record<string, string>>
  /** The public listener's address, without a trailing slash. */
  readonly publicUrl: string
}

/** Every upstream of a configuration that wants consent. */
export function consentTargets({ gateway, upstreams }: LoadedConfig): ReadonlyMap<string, ConsentTarget> {
  const targets = new Map<string, ConsentTarget>()
  for (const [upstream, { url, token, credential, consentScopes: scopes }] of upstreams) {
    if (token.consent === undefined || gateway.public === undefined) continue
    const { consent: flow, parameters, timeouts } = token
    const { url: publicUrl } = gateway.public
    const { origin } = new URL(url)
    targets.set(upstream, { upstream, origin, flow, credential, scopes, timeouts, parameters, publicUrl })
  }
  return targets
}

/** Where the upstream sends the browser back to, to the byte as it is registered there. */
export function returnAddress({ publicUrl, upstream }: ConsentTarget): string {
  return `${publicUrl}/connect/${upstream}/callback`
}

/** Where the browser is sent to be asked: spaces as `%20`, which not every server takes a `+` for. */
export function authorizeAddress(
  target: ConsentTarget,
  state: string,
  accountId: string | undefined,
): string {
  const { flow, credential, scopes, parameters } = target
  const names = flow.parameters
  const query = new Map(Object.entries({ ...names.fixed, ...parameters }))
  query.set(names.clientId, credential.clientId ?? '')
  query.set(names.returnUrl, returnAddress(target))
  query.set(names.state, state)
  if (names.scopes !== undefined && scopes.length > 0) query.set(names.scopes, scopes.join(' '))
  if (names.accountId !== undefined && accountId !== undefined) query.set(names.accountId, accountId)
  const text = [...query].map((pair) => pair.map(encodeURIComponent).join('=')).join('&')
  return `${flow.authorize}?${text}`
}
