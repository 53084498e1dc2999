import {
  decide,
  type Explanation,
  explain,
  Fault,
  type Identity,
  judgeBody,
  type Policy,
} from '@countersign/auth-core'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { type AdmittedRequest, admit } from '../edge/admit.ts'
import {
  assertNoQueryToken,
  assertNoStrayToken,
  createTokenSearch,
  type HoldsToken,
} from '../edge/stray-token.ts'
import { assertNoWebSocket } from '../edge/websocket.ts'
import { targetFinderOf } from '../exchange/find-target.ts'
import { gatewayHostOf } from '../route/gateway-host.ts'
import { createRouteTable, type Route, type RouteTable } from '../route/route-table.ts'
import { type HypotheticalCaller, verifiedAs } from './hypothetical-caller.ts'
import { explainRelease, isRelease } from './hypothetical-release.ts'

/** A request that nobody has made, and who would make it. */
export interface Hypothetical {
  readonly caller: HypotheticalCaller
  readonly method: string
  /** Path and query as sent to the gateway: `/inbox-manager/api/accounts?page=2`. */
  readonly target: string
  /** Names and values in turn, as on the wire. Without a `host` the path says which upstream is meant. */
  readonly headers?: readonly string[] | undefined
  /** As sent; taken for JSON unless a `content-type` says otherwise. */
  readonly body?: string | undefined
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

/** What would become of it: what policy says, or the fault that it would end with before policy is asked. */
export type HypotheticalAnswer =
  | { readonly explanation: Explanation }
  | { readonly fault: Fault; readonly service: string | undefined }

/**
 * Answers for requests that are not made, by the proxy's own edge, routing, reading of bodies and decision, in the
 * order in which the proxy asks them: what it would answer has the same code.
 *
 * Identities are taken as verified, limits as not used up, and a request for a WebSocket as a proper handshake.
 */
export function createHypotheticals(config: LoadedConfig): (request: Hypothetical) => HypotheticalAnswer {
  const { policy } = config
  const upstreams = [...config.upstreams.values()]
  const host = gatewayHostOf(config.gateway)
  const routes = createRouteTable(
    upstreams.map(({ name, operations }) => ({ name, operations, basePath: '' })),
    host,
  )

  const findTarget = targetFinderOf(config)
  const holdsToken = createTokenSearch([...config.issuers.values()].map(({ issuer }) => issuer))

  return function ask(request) {
    const { caller, method, headers = [], body, now } = request
    const identity = verifiedAs(caller, config)
    const sent = asSent(request, host)
    try {
      admit(sent)
      if (isRelease(request) && !routes.isUpstreamHost(sent.headers.host))
        return explainRelease(request, { identity, policy, findTarget })
      assertNoQueryToken(sent.url)
      const { upstream, operation, segments, query } = reach(sent, { identity, policy, routes, holdsToken })
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

/** What the gateway's parser would make of it. */
function asSent({ method, target: url, headers = [] }: Hypothetical, host: string): AdmittedRequest {
  const isAddressed = headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'host')
  const rawHeaders = isAddressed ? [...headers] : ['host', host, ...headers]
  const fields: Record<string, string> = {}
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase()
    const value = rawHeaders[at + 1] ?? ''
    fields[name] = name in fields ? `${fields[name]}, ${value}` : value
  }
  return { httpVersion: '1.1', method, url, rawHeaders, headers: fields }
}

interface Reaching {
  readonly identity: Identity
  readonly policy: Policy
  readonly routes: RouteTable
  readonly holdsToken: HoldsToken
}

/** @throws {Fault} as the proxy: to a stranger `policy.refused`, with what it would be to others as its cause */
function reach(sent: AdmittedRequest, { identity, policy, routes, holdsToken }: Reaching): Route {
  const service = policy.serviceOf(identity)
  try {
    assertNoStrayToken(sent, holdsToken)
    const route = routes.route(sent)
    // Of a handshake nothing but its target is asked for.
    if (!route.operation.websocket) assertNoWebSocket(sent)
    return route
  } catch (error) {
    if (service === undefined) throw new Fault('policy.refused', { cause: error })
    throw error
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

function withType(headers: readonly string[]): readonly string[] {
  const isTyped = headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'content-type')
  return isTyped ? headers : [...headers, 'content-type', 'application/json']
}
