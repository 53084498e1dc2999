import { Fault } from '@countersign/auth-core'
import type { LoadedConfig } from '../config/loaded-config.ts'
import type { ExchangeRequest } from './exchange-request.ts'

/** An upstream, by all that a caller may call it. */
export interface TargetUpstream {
  readonly name: string
  /** Base URL, without a trailing slash. */
  readonly url: string
  readonly audience: string | undefined
}

/** Finds the one upstream that a request is for. @throws {Fault} `exchange.target` */
export type TargetFinder = (request: Pick<ExchangeRequest, 'resources' | 'audiences'>) => string

/** The finder of a configuration. */
export function targetFinderOf({
  upstreams,
  gateway,
}: Pick<LoadedConfig, 'upstreams' | 'gateway'>): TargetFinder {
  const named = [...upstreams.values()].map(({ name, url, token }) => ({
    name,
    url,
    audience: token.audience,
  }))
  return createTargetFinder(named, gateway.url)
}

/**
 * `resource` (RFC 8707) is the upstream's base URL, or its address on the gateway; `audience` its name, or the
 * audience that its tokens are asked for with. Whatever is named, and however often, must mean one upstream.
 *
 * @param gatewayUrl where the gateway itself is, without a trailing slash
 */
export function createTargetFinder(
  upstreams: Iterable<TargetUpstream>,
  gatewayUrl: string | undefined,
): TargetFinder {
  const byResource = new Map<string, Set<string>>()
  const byAudience = new Map<string, Set<string>>()
  for (const { name, url, audience } of upstreams) {
    add(byResource, url, name)
    if (gatewayUrl !== undefined) add(byResource, `${gatewayUrl}/${name}`, name)
    add(byAudience, name, name)
    if (audience !== undefined) add(byAudience, audience, name)
  }

  return function findTarget({ resources, audiences }) {
    const meanings = [
      ...resources.map((resource) => byResource.get(withoutSlash(resource))),
      ...audiences.map((audience) => byAudience.get(audience)),
    ]
    const [first = none, ...others] = meanings
    const [target, ...more] = [...first].filter((name) => others.every((names) => names?.has(name)))
    if (target !== undefined && more.length === 0) return target
    throw new Fault('exchange.target', { detail: 'resource and audience do not name one upstream' })
  }
}

const none: ReadonlySet<string> = new Set()

function add(names: Map<string, Set<string>>, key: string, name: string): void {
  const known = names.get(key)
  if (known) known.add(name)
  else names.set(key, new Set([name]))
}

/** Compared to the byte but for one slash, which base URLs are written with and without. */
function withoutSlash(resource: string): string {
  return resource.endsWith('/') ? resource.slice(0, -1) : resource
}
