import { Fault } from '@countersign/auth-core'
import type { Route, RouteTable } from '../route/route-table.ts'
import type { RecordedRequest } from './recorded-request.ts'

/**
 * Where a recorded request goes, if anywhere: by the host, where there is one. Older lines have none: then by the recorded
 * upstream, where the path is not its.
 */
export function recordedRoute(
  routes: RouteTable,
  { method, path, host, upstream }: RecordedRequest,
): Route | undefined {
  if (host !== undefined) return findRoute(routes, { method, url: path, headers: { host } })
  const byPath = findRoute(routes, { method, url: path, headers: {} })
  if (upstream === undefined || byPath?.upstream === upstream) return byPath
  return findRoute(routes, { method, url: path, headers: { host: `${upstream}.localhost` } }) ?? byPath
}

function findRoute(routes: RouteTable, request: Parameters<RouteTable['route']>[0]): Route | undefined {
  return orFault(() => routes.route(request))
}

/** `undefined` in place of a fault. */
export function orFault<T>(find: () => T): T | undefined {
  try {
    return find()
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}
