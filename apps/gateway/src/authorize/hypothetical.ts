import {
  decide,
  type Explanation,
  explain,
  Fault,
  type Identity,
  judgeBody,
  type Policy,
  type Service,
} from '@countersign/auth-core'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { assertMethodStands } from '../edge/admit.ts'
import { assertNoQueryToken, assertNoStrayToken, createTokenSearch } from '../edge/stray-token.ts'
import { targetFinderOf } from '../exchange/find-target.ts'
import { createRouteTable } from '../route/route-table.ts'
import { explainRelease, isRelease } from './hypothetical-release.ts'

/** A request that nobody has made, and who would make it. */
export interface Hypothetical {
  readonly caller: HypotheticalCaller
  readonly method: string
  /** Path and query as sent to the gateway: `/inbox-manager/api/accounts?page=2`. */
  readonly target: string
  /** Names and values in turn, as on the wire. */
  readonly headers?: readonly string[] | undefined
  /** As sent; taken for JSON unless a `content-type` says otherwise. */
  readonly body?: string | undefined
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

/** A service by its name, which then calls as an identity that fits its first one; or an identity. */
export type HypotheticalCaller = { readonly claims?: Readonly<Record<string, unknown>> | undefined } & (
  | { readonly service: string }
  | { readonly issuer: string; readonly subject: string }
)

/** What would become of it: what policy says, or the fault that it would end with before policy is asked. */
export type HypotheticalAnswer =
  | { readonly explanation: Explanation }
  | { readonly fault: Fault; readonly service: string | undefined }

/**
 * Answers for requests that are not made, by the proxy's own edge, routing, reading of bodies and decision.
 *
 * Identities are taken as verified, limits as not used up.
 */
export function createHypotheticals(config: LoadedConfig): (request: Hypothetical) => HypotheticalAnswer {
  const { policy } = config
  const upstreams = [...config.upstreams.values()]
  const routes = createRouteTable(
    upstreams.map(({ name, operations }) => ({ name, operations, basePath: '' })),
    'gateway.invalid',
  )

  const findTarget = targetFinderOf(config)
  const holdsToken = createTokenSearch([...config.issuers.values()].map(({ issuer }) => issuer))

  return function ask(request) {
    const { caller, method, target, headers = [], body, now } = request
    const identity = { ...whoIs(caller, policy.services), expiresAt: Infinity }
    try {
      assertMethodStands(target)
      assertNoQueryToken(target)
      assertNoStrayToken({ url: target, rawHeaders: headers }, holdsToken)
      if (isRelease(request)) return explainRelease(request, { identity, policy, findTarget })
      const { upstream, operation, segments, query } = routes.route({ method, url: target, headers: {} })
      const question = { identity, upstream, operation, method, segments, query, headers, now }
      // As the proxy: what no rule looks at is not judged either.
      const isRead = body !== undefined && decide(policy, question).verdict === 'needs-body'
      const judged = isRead ? judgeBody(Buffer.from(body), withType(headers)) : undefined
      return { explanation: explain(policy, { ...question, body: judged }) }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return { fault: error, service: serviceName(policy, identity) }
    }
  }
}

/** Of two at once, none. */
function serviceName(policy: Policy, identity: Identity): string | undefined {
  try {
    return policy.serviceOf(identity)?.name
  } catch {
    return undefined
  }
}

function whoIs(caller: HypotheticalCaller, services: ReadonlyMap<string, Service>) {
  const { claims = {} } = caller
  if (!('service' in caller)) return { issuer: caller.issuer, subject: caller.subject, claims }
  const [first] = services.get(caller.service)?.identities ?? []
  if (!first) throw new RangeError(`there is no service "${caller.service}"`)
  const { issuer, subject, claims: needed } = first.example
  return { issuer, subject, claims: { ...needed, ...claims } }
}

function withType(headers: readonly string[]): readonly string[] {
  const isTyped = headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'content-type')
  return isTyped ? headers : [...headers, 'content-type', 'application/json']
}
