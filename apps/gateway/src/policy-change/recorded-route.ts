import { Fault } from '@countersign/auth-core'
import type { Route, RouteTable } from '../route/route-table.ts'
import type { RecordedRequest } from './recorded-request.ts'

/**
 * Where a recorded request goes, if anywhere: by the host, where there is one. Older lines have none: then by the recorded
 * upstream, where the path does not begin with it.
 */
export function recordedRoute(
  routes: RouteTable,
  { method, path, host, upstream }: RecordedRequest,
): Route | undefined {
  const isByPath = upstream === undefined || path.split('/', 2)[1] === upstream
  const named = host ?? (isByPath ? undefined : `${upstream}.localhost`)
  return orFault(() => routes.route({ method, url: path, headers: { host: named } }))
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
