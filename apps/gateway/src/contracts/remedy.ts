import { Fault } from '@countersign/auth-core'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { createRouteTable, type RoutedUpstream, type RouteTable } from '../route/route-table.ts'
import { exampleIdentity } from './example-identity.ts'
import type { Need } from './need.ts'
import { flowRule, servicesYaml } from './policy-yaml.ts'
import { releasingRule } from './token-request.ts'

/** What would allow a call, ready to be pasted. */
export interface Remedy {
  /** Where it goes, as in `services.support.allow`. */
  readonly under: string
  readonly yaml: string
}

/** The smallest rule that would allow a call; for a service that does not exist, the service. */
export function remedyFor({ request }: Need, service: string, config: LoadedConfig): Remedy | undefined {
  const called = findCalled(routesOf(config.upstreams.values()), request)
  const rule = called
    ? { upstream: called.upstream, operations: [called.operation.name] }
    : releasingRule(request, config)
  if (!rule) return undefined
  if (config.services.has(service)) {
    return { under: `services.${service}.allow`, yaml: `- ${flowRule(rule)}` }
  }
  const identities = [exampleIdentity(service, config.issuers)]
  return { under: 'the configuration', yaml: servicesYaml([{ name: service, identities, allow: [rule] }]) }
}

type Called = ReturnType<RouteTable['route']>

/** The routes of upstreams, by path. */
export function routesOf(upstreams: Iterable<Omit<RoutedUpstream, 'basePath'>>): RouteTable {
  const routed = [...upstreams].map(({ name, operations }) => ({ name, operations, basePath: '' }))
  return createRouteTable(routed, 'gateway.invalid')
}

/** What a request calls; `undefined` where it calls nothing. */
export function findCalled(routes: RouteTable, { method, target }: Need['request']): Called | undefined {
  try {
    return routes.route({ method, url: target, headers: {} })
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}
