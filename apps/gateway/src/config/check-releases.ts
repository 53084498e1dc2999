import type { Operation, Policy } from '@countersign/auth-core'
import type { CheckContext } from './check-context.ts'
import type { ServiceConfig, UpstreamConfig } from './loaded-config.ts'
import { locate, type Path } from './located.ts'

/** Ready parts of a configuration. */
interface Built {
  readonly services: ReadonlyMap<string, ServiceConfig>
  readonly upstreams: ReadonlyMap<string, UpstreamConfig>
  readonly policy: Policy
}

/**
 * Rules that release their token against what their upstream has to release: a bearer token of limited life,
 * never the credential of the configuration, never the token of an administrator's consent, nor one that is of no
 * use to the caller (RFC 8705 3, RFC 8693).
 */
export function checkReleases({ root, faults }: CheckContext, { services, upstreams, policy }: Built): void {
  for (const { name, allow } of services.values()) {
    for (const [at, { release, upstream: target, position }] of allow.entries()) {
      const key = (last: string): Path => ['services', name, 'allow', at, last]
      const lifetime = key('release_max_lifetime')
      if (release === undefined && locate(root, lifetime).exact) {
        const message = 'limits a token that is not released'
        faults.add(root, { path: lifetime, message, hint: 'add `release: token`, or remove it' })
      }
      const upstream = release && upstreams.get(target)
      const rule = policy.services.get(name)?.rules.find((each) => each.position === position)
      const message = upstream && unreleasable(upstream, [...(rule?.operations ?? [])])
      if (!message) continue
      const hint = 'leave `release` out: calls go through the gateway'
      faults.addUnlessFaulted(root, { path: key('release'), message, hint })
    }
  }
}

function unreleasable(
  { name, token, schemes }: UpstreamConfig,
  operations: readonly Operation[],
): string | undefined {
  if (token.grantType === 'consent')
    return `cannot be: the token of ${name} came of a consent and does not expire`
  if (token.grantType === 'none') return `cannot be: ${name} takes its configured credential, not a token`
  if (token.grantType === 'token_exchange')
    return `cannot be: tokens of ${name} are had in exchange for the caller’s own, which the caller can do`
  if (token.certificateBound || token.clientAuth === 'tls_client_auth')
    return `cannot be: tokens of ${name} are bound to the gateway’s certificate`
  if (schemes.size === 0) return undefined
  const [fallback] = schemes.values()
  const bare = operations.find(({ credential }) => {
    const scheme = credential === undefined ? fallback : schemes.get(credential)
    return scheme?.authorization !== 'bearer'
  })
  return bare && `cannot be: ${name} takes its configured credential, not a token, for ${bare.name}`
}
