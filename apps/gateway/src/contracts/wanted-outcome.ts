import { type FaultCode, faultKinds } from '@countersign/auth-core'
import { isRelease } from '../authorize/hypothetical-release.ts'
import { contentOf } from './content-of.ts'
import type { Wanted } from './need.ts'
import type { HttpInteraction } from './pact-document.ts'

/** What the gateway answers itself, beside its upstreams: no rule is asked about it. */
const ownPaths = ['/oauth2/', '/.well-known/', '/hooks/', '/connect/'] as const

/** Faults that routing and policy decide. */
const refusals: ReadonlySet<FaultCode> = new Set([
  'request.malformed',
  'route.unknown',
  'route.method',
  'policy.refused',
  'policy.scope',
])

/** Faults of a token request that policy decides. */
const releaseRefusals: ReadonlySet<FaultCode> = new Set(['exchange.target', 'policy.refused', 'policy.scope'])

/** Faults of a request that policy has let through. A call beyond its limit is one that is allowed. */
const beyondPolicy = /^(?:mint|upstream|audit)\.|^policy\.rate-limited$|^exchange\.unreleasable$/

/**
 * What an expected answer says about the decision before it: the gateway's faults carry their code, in the body or
 * in `Proxy-Status`; everything else is the upstream's answer to a call that was let through. A bare 401 or 403,
 * of whose body nothing is said, is the gateway's. A token request may be refused in the words of OAuth alone.
 */
export function wantedOutcome({ request, response }: HttpInteraction): Wanted {
  if (isRelease({ target: request.path }))
    return decided(codeOf(response) ?? oauthCodeOf(response), releaseRefusals)
  const own = ownPaths.find((prefix) => request.path.startsWith(prefix))
  if (own !== undefined) return { outcome: 'unasked', why: `${own} is the gateway’s own` }
  return decided(codeOf(response), refusals)
}

function decided(code: FaultCode | undefined, byPolicy: ReadonlySet<FaultCode>): Wanted {
  if (code === undefined || beyondPolicy.test(code)) return { outcome: 'allowed' }
  if (byPolicy.has(code)) return { outcome: 'refused', code }
  return { outcome: 'unasked', why: `${code} comes before policy` }
}

function codeOf(response: HttpInteraction['response']): FaultCode | undefined {
  const content = contentOf(response.body)
  if (isRecord(content) && isFaultCode(content.code)) return content.code
  const shown = proxyStatus(response.headers ?? {})
  if (isFaultCode(shown)) return shown
  if (content !== undefined) return undefined
  return bare.get(response.status ?? 200)
}

/** By `error` (RFC 6749 5.2, RFC 8693 2.2.2); everything else comes before policy. */
function oauthCodeOf({ body }: HttpInteraction['response']): FaultCode | undefined {
  const content = contentOf(body)
  if (!isRecord(content) || typeof content.error !== 'string') return undefined
  return oauthErrors.get(content.error) ?? 'request.malformed'
}

const oauthErrors: ReadonlyMap<string, FaultCode> = new Map([
  ['invalid_scope', 'policy.scope'],
  ['invalid_target', 'exchange.target'],
  ['unauthorized_client', 'policy.refused'],
])

const bare: ReadonlyMap<number, FaultCode> = new Map([
  [401, 'identity.refused'],
  [403, 'policy.refused'],
])

function proxyStatus(headers: Readonly<Record<string, string | readonly string[]>>): string | undefined {
  const field = Object.entries(headers).find(([name]) => name.toLowerCase() === 'proxy-status')
  return /details="([\w.-]+)"/.exec([field?.[1] ?? ''].flat().join())?.[1]
}

function isFaultCode(value: unknown): value is FaultCode {
  return typeof value === 'string' && Object.hasOwn(faultKinds, value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
