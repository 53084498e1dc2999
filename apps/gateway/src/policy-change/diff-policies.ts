import type { Operation, Policy, Service } from '@countersign/auth-core'
import { type AccessFinder, createAccessFinder, type Way } from './access.ts'
import { compareAccess } from './compare-access.ts'
import { createRouteComparison, type RouteComparison } from './compare-routes.ts'
import { diffIdentities } from './diff-identities.ts'
import { diffReleases } from './diff-releases.ts'
import type { PolicyChange } from './policy-change.ts'

interface Side {
  readonly policy: Policy
  readonly accessOf: AccessFinder
  /** Of an upstream, by name. */
  readonly operations: ReadonlyMap<string, ReadonlyMap<string, Operation>>
}

/**
 * Who gains or loses what between two policies. Compares effects, not texts: rules that are written or ordered
 * differently and come to the same are no change. Ordered by service, upstream and operation.
 */
export function diffPolicies(old: Policy, now: Policy): readonly PolicyChange[] {
  const before = sideOf(old)
  const after = sideOf(now)
  const compareRoutes = createRouteComparison(old, now)
  const names = new Set([...old.services.keys(), ...now.services.keys()])
  return [...names].sort().flatMap((name) => {
    const services = [old.services.get(name), now.services.get(name)] as const
    const operations = diffOperations(name, { before, after, services, compareRoutes })
    return [...diffIdentities(...services), ...operations, ...diffReleases(...services)]
  })
}

function sideOf(policy: Policy): Side {
  const operations = [...policy.upstreams.values()].map(
    (upstream) => [upstream.name, new Map(upstream.operations.map((each) => [each.name, each]))] as const,
  )
  return { policy, accessOf: createAccessFinder(policy), operations: new Map(operations) }
}

interface Sides {
  readonly before: Side
  readonly after: Side
  readonly services: readonly [old: Service | undefined, now: Service | undefined]
  readonly compareRoutes: RouteComparison
}

function diffOperations(
  service: string,
  { before, after, services: [old, now], compareRoutes }: Sides,
): PolicyChange[] {
  const touched = new Map<string, readonly [upstream: string, operation: string]>()
  for (const key of [...reachOf(before, old), ...reachOf(after, now)]) touched.set(key.join('\n'), key)
  const sorted = [...touched].sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.flatMap(([, [upstream, name]]) => {
    const oldOperation = before.operations.get(upstream)?.get(name)
    const operation = after.operations.get(upstream)?.get(name)
    const oldWays = waysOf(before, old, { upstream, operation: oldOperation })
    const ways = waysOf(after, now, { upstream, operation })
    const changes = [...compareAccess(oldWays, ways)]
    if (oldOperation && operation && oldWays.length > 0 && ways.length > 0)
      changes.push(...compareRoutes(upstream, oldOperation, operation))
    const [way] = ways.length > 0 ? ways : oldWays
    const position = way?.rule?.position ?? now?.position ?? old?.position ?? null
    const destructive = (operation ?? oldOperation)?.destructive ?? false
    return changes.map((change) => ({ ...change, service, upstream, operation: name, destructive, position }))
  })
}

/** Operations that a service may have any access to; in shadow these are all. */
function reachOf({ policy }: Side, service: Service | undefined): (readonly [string, string])[] {
  if (service === undefined) return []
  const named = service.rules.flatMap(({ upstream, operations }) =>
    [...operations].map(({ name }) => [upstream, name] as const),
  )
  if (service.mode !== 'shadow') return named
  return [...policy.upstreams.values()].flatMap(({ name, operations }) =>
    operations.map((operation) => [name, operation.name] as const),
  )
}

function waysOf(
  { accessOf }: Side,
  service: Service | undefined,
  { upstream, operation }: { upstream: string; operation: Operation | undefined },
): readonly Way[] {
  return service && operation ? accessOf(service, { upstream, operation }) : []
}
