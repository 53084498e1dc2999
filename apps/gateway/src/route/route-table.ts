import { Fault, type Operation } from '@countersign/auth-core'
import { type CanonicalTarget, canonicalTarget } from './canonical-target.ts'
import { createOperationTrie, type OperationTrie } from './operation-trie.ts'

/** Where a request goes. */
export interface Route {
  readonly upstream: string
  readonly operation: Operation
  /** The request target for the upstream, byte for byte. */
  readonly target: string
  /** The path below the upstream, in decoded segments: what conditions see. */
  readonly segments: readonly string[]
  /** `?` and the query as it came; empty without one. */
  readonly query: string
}

/** An upstream, as far as routing is concerned. */
export interface RoutedUpstream {
  readonly name: string
  /** The base URL's path, without a trailing slash. */
  readonly basePath: string
  readonly operations: readonly Operation[]
}

/** What routing looks at. */
export interface RoutedRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: { readonly host?: string | undefined }
}

/** Finds the upstream and the operation that a request is for. */
export interface RouteTable {
  /** @throws {Fault} `request.malformed`, `route.unknown`, `route.method` */
  route(req: RoutedRequest): Route
  /** Is this host an upstream's own? Then every path is the upstream's. */
  isUpstreamHost(host: string | undefined): boolean
}

interface Entry extends RoutedUpstream {
  readonly trie: OperationTrie
}

/**
 * Routes by path prefix (`/{upstream}/…`) and by host (`{upstream}.<gateway host>`), for SDKs that cannot
 * take a prefix.
 *
 * @param gatewayHost the host name that upstreams' host names end in, without port
 */
export function createRouteTable(upstreams: readonly RoutedUpstream[], gatewayHost: string): RouteTable {
  const entries = new Map<string, Entry>(
    upstreams.map((upstream) => [
      upstream.name,
      { ...upstream, trie: createOperationTrie(upstream.operations) },
    ]),
  )
  const suffixes = [`.${gatewayHost.toLowerCase()}`, '.localhost']

  /** Callers use few hosts, and mostly the same one. */
  let latest: { readonly host: string | undefined; readonly label: string | undefined } | undefined

  /** The upstream that the host names; `undefined` when the request is to be routed by path. */
  function hostLabel(host: string | undefined): string | undefined {
    if (latest?.host !== host) latest = { host, label: host === undefined ? undefined : labelOf(host) }
    return latest?.label
  }
  function labelOf(host: string): string | undefined {
    const name = host.replace(/:\d+$/, '').toLowerCase()
    const suffix = suffixes.find((candidate) => name.endsWith(candidate))
    return suffix === undefined ? undefined : name.slice(0, -suffix.length)
  }

  return {
    isUpstreamHost: (host) => hostLabel(host) !== undefined,
    route(req) {
      const target = canonicalTarget(req.url ?? '')
      const label = hostLabel(req.headers.host)
      const byHost = label !== undefined
      const name = byHost ? label : target.segments[0]
      const entry = entries.get(name ?? '')
      if (!entry) throw new Fault('route.unknown', { detail: 'no such upstream' })
      // The name in the path must stand there as it is: an encoded spelling would shift what is cut off.
      const prefix = byHost ? 0 : entry.name.length + 1
      if (!byHost && !target.path.startsWith(`/${entry.name}`)) throw new Fault('route.unknown')
      const from = byHost ? 0 : 1
      const operation = findOperation(entry, req.method ?? '', target, from)
      const rest = target.path.slice(prefix)
      const { query } = target
      const segments = target.segments.slice(from)
      return { upstream: entry.name, operation, target: entry.basePath + rest + query, segments, query }
    },
  }
}

function findOperation(entry: Entry, method: string, target: CanonicalTarget, from: number): Operation {
  const match = entry.trie.match(method, target.segments, from)
  if (match.found === 'operation') return match.operation
  if (match.found === 'ambiguous') {
    throw new Fault('request.malformed', {
      says: `This path of ${entry.name} fits two operations, ${match.names.join(' and ')}, and neither more precisely.`,
    })
  }
  if (match.found === 'path') {
    throw new Fault('route.method', {
      allow: match.allow,
      says: `This path of ${entry.name} does not offer ${method}.`,
    })
  }
  throw new Fault('route.unknown', { says: `${entry.name} has no operation with that method and path.` })
}
