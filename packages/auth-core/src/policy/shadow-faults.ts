import type { Operation } from './operation.ts'
import type { PolicyFault, Service, UpstreamDefinition } from './policy.ts'

/**
 * Shadow lets a call through with the scopes of its operation. Where that is none, and none means everything,
 * shadow would hand out everything: a fault, and not a surprise in production.
 */
export function shadowFaults(
  service: Service,
  upstreams: ReadonlyMap<string, UpstreamDefinition>,
): readonly PolicyFault[] {
  const faults: PolicyFault[] = []
  for (const upstream of upstreams.values()) {
    if (upstream.emptyScope !== 'refuse') continue
    const bare = (operation: Operation) => operation.scopes.length === 0
    const open = service.mode === 'shadow' ? upstream.operations.find(bare) : undefined
    if (open) faults.push(fault(service.position ?? service.rules[0]?.position, upstream, open))
    for (const rule of service.rules) {
      if (rule.mode !== 'shadow' || service.mode === 'shadow' || rule.upstream !== upstream.name) continue
      const own = [...rule.operations].find(bare)
      if (own) faults.push(fault(rule.position, upstream, own))
    }
  }
  return faults
}

function fault(
  position: string | undefined,
  upstream: UpstreamDefinition,
  operation: Operation,
): PolicyFault {
  return {
    position: position ?? '',
    message: `in shadow, ${upstream.name} ${operation.name} would be called with no scope, which this upstream takes for every scope there is`,
    hint: 'give the operation its scopes, or enforce',
  }
}
