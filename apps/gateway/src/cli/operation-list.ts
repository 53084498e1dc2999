import type { LoadedConfig } from '../config/loaded-config.ts'
import { textTable } from '../policy-change/text-table.ts'

/** What can be called: the words of a policy beside what a caller sends. */
export interface ListedOperation {
  readonly upstream: string
  readonly name: string
  readonly method: string
  /** Below the upstream's name at the gateway. */
  readonly path: string
  readonly scopes: readonly string[]
  readonly destructive: boolean
}

/** Every operation of every upstream, whether somebody may call it or not. */
export function listOperations({ upstreams }: LoadedConfig): readonly ListedOperation[] {
  return [...upstreams.values()].flatMap(({ name: upstream, operations }) =>
    operations.map(({ name, method, template, scopes, destructive }) => ({
      ...{ upstream, name, method, path: template, scopes, destructive },
    })),
  )
}

/** The list as a table of text. */
export function renderOperations(operations: readonly ListedOperation[]): string {
  const rows = operations.map(({ upstream, name, method, path, scopes, destructive }) => [
    upstream,
    name,
    `${method} ${path}`,
    scopes.join(' ') || '-',
    destructive ? 'cannot be undone' : '',
  ])
  return `${textTable(['UPSTREAM', 'OPERATION', 'ROUTE', 'SCOPES', ''], rows)}\n`
}
