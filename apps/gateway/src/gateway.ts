import type { IncomingMessage } from 'node:http'
import {
  authorize,
  Fault,
  type Grant,
  judgeBody,
  type Minted,
  type Policy,
  type RateLimiter,
  type VerifyCredential,
} from '@countersign/auth-core'
import { readBody } from './authorize/read-body.ts'
import { admit } from './edge/admit.ts'
import { assertNoStrayToken, type HoldsToken } from './edge/stray-token.ts'
import { assertProtocol } from './edge/websocket.ts'
import type { Caller, Entry } from './entry.ts'
import type { Answer } from './forward/answer.ts'
import { type Explanations, explain } from './forward/explain.ts'
import { forward } from './forward/forward.ts'
import type { Forwarding, ForwardTarget } from './forward/forwarding.ts'
import type { UpstreamGuard } from './forward/upstream-guard.ts'
import { callerCredential } from './identify/caller-credential.ts'
import { subjectToken } from './identify/subject-token.ts'
import { createOwnSurface, type OwnParts, type OwnSurface } from './own-surface.ts'
import { auditLine } from './record/audit-line.ts'
import type { AuditLog } from './record/audit-log.ts'
import type { Metrics } from './record/metrics.ts'
import { record } from './record/record.ts'
import type { Route, RouteTable } from './route/route-table.ts'

/** The six steps of a request, for one configuration. Built once per load. */
export interface Gateway {
  /** Who calls, once the request is one that this gateway takes at all. @throws {Fault} `identity.*`, `request.*` */
  identify(req: IncomingMessage): Caller | Promise<Caller>
  /** What is called. @throws {Fault} `request.malformed`, `route.*`; to a stranger, `policy.refused` */
  route(req: IncomingMessage, caller: Caller): Route
  /** Whether that is allowed. @throws {Fault} `policy.*`; where a rule reads the body, `request.*` */
  authorize(entry: Entry, caller: Caller, route: Route): Grant | Promise<Grant>
  /** The token for it. @throws {Fault} `mint.*` */
  mint(grant: Grant): Minted | Promise<Minted>
  /** The call, and its answer but for the end. @throws {Fault} `upstream.*`, `mint.*`, `audit.unavailable`, `client.gone` */
  forward(entry: Entry, route: Route, grant: Grant, minted: Minted): Promise<Answer>
  /** What is done beside calls. */
  readonly own: OwnSurface
  /** The record of it, and the answer's end. @throws {Fault} `audit.unavailable` */
  record(entry: Entry): Promise<void>
}

/** An upstream and what bounds the calls to it. */
export interface GuardedTarget extends Required<ForwardTarget> {
  readonly guard: UpstreamGuard
}

/** What the steps work with. */
export interface GatewayParts extends OwnParts {
  readonly verify: VerifyCredential
  readonly holdsToken: HoldsToken
  readonly policy: Policy
  /** Is it the gateway of the configuration in force still? */
  readonly isInForce: () => boolean
  readonly limiter: RateLimiter
  readonly routes: RouteTable
  readonly targets: ReadonlyMap<string, GuardedTarget>
  readonly audit: AuditLog
  readonly metrics: Metrics
  /** Told of a defect of the gateway itself, with the error behind it. */
  readonly report: (fault: Fault, requestId: string) => void
}

/** What was found out before a body is found out anew behind one that took so long. */
const patienceMs = 1_000
const changed = 'The configuration changed while the body arrived: send the request again.'

/** Puts the parts of one configuration together. */
export function createGateway(parts: GatewayParts): Gateway {
  const { policy, audit, metrics } = parts

  const target = (upstream: string) => targetOf(parts.targets, upstream)
  function recognise(identity: Caller['identity']): Caller {
    return { identity, service: policy.serviceOf(identity) }
  }

  function identify(req: IncomingMessage) {
    admit(req)
    const identity = parts.verify(callerCredential(req))
    return identity instanceof Promise ? identity.then(recognise) : recognise(identity)
  }
  /** A caller may take minutes for a body: what was found out before it may be true no more, and would be judged by. */
  async function assertStillHolds(req: IncomingMessage): Promise<void> {
    await identify(req)
    if (!parts.isInForce()) throw new Fault('request.timeout', { says: changed, detail: changed })
  }

  return {
    identify,
    route(req, caller) {
      try {
        assertNoStrayToken(req, parts.holdsToken)
        return routeOf(parts.routes, req)
      } catch (error) {
        // A stranger learns nothing of what exists here and what does not.
        if (caller.service === undefined) throw new Fault('policy.refused', { cause: error })
        throw error
      }
    },
    authorize(entry, caller, route) {
      const { req } = entry
      const question = questionOf(entry, caller, route)
      return authorize(policy, question, {
        limiter: parts.limiter,
        subject: parts.targets.get(route.upstream)?.exchanges
          ? () => subjectToken(req, caller.identity)
          : undefined,
        async readBody() {
          entry.body = await readBody(req)
          if (Date.now() - question.now >= patienceMs) await assertStillHolds(req)
          return judgeBody(entry.body, question.headers)
        },
      })
    },
    mint(grant) {
      const { tokens, explains, guard } = target(grant.upstream)
      const minted = guard.token(() => tokens.mint(grant))
      return explains && minted instanceof Promise ? minted.catch(rejectExplained(explains)) : minted
    },
    forward(entry, route, grant, minted) {
      const upstream = target(route.upstream)
      return upstream.guard.call(entry.res, (answering) => {
        const call = forwardingOf(entry, { target: route.target, grant, minted, answering })
        // While the record is failing, a read may find out as well before it is made in vain.
        const isOpened = changesSomething(entry.req, grant) || audit.isFailing
        if (!isOpened) return forwardExplained(upstream, call)
        return audit.append(auditLine('open', entry)).then(() => forwardExplained(upstream, call))
      })
    },
    own: createOwnSurface(parts),
    record(entry) {
      entry.upstreamHost = upstreamHost(entry, parts.routes)
      if (entry.fault?.code === 'gateway.unexpected') parts.report(entry.fault, entry.requestId)
      return record(entry, audit, metrics)
    },
  }
}

function questionOf(
  { req, startedAt: now }: Entry,
  { identity }: Caller,
  { upstream, operation, segments, query }: Route,
) {
  const { method = '', rawHeaders: headers } = req
  return { identity, upstream, operation, method, segments, query, headers, now }
}

function targetOf(targets: GatewayParts['targets'], upstream: string): GuardedTarget {
  const found = targets.get(upstream)
  if (!found) throw new TypeError(`upstream ${upstream} was routed to, but never set up`)
  return found
}

function routeOf(routes: RouteTable, req: IncomingMessage): Route {
  const route = routes.route(req)
  assertProtocol(req, route.operation.websocket === true)
  return route
}

/** Of a request of nobody known it may be no host at all. */
function upstreamHost({ req, facts }: Entry, routes: RouteTable): string | undefined {
  const { host } = req.headers
  return facts.caller && routes.isUpstreamHost(host) ? host : undefined
}

function forwardingOf(
  entry: Entry,
  granted: Pick<Forwarding, 'target' | 'grant' | 'minted' | 'answering'>,
): Forwarding {
  const { req, res, requestId, trace, body, facts } = entry
  const { target, grant, minted, answering } = granted
  const attempting = (token: Minted) => entry.attempt(token)
  const until = facts.caller?.identity.expiresAt ?? 0
  return { req, res, requestId, trace, target, grant, minted, body, attempting, answering, until }
}

function forwardExplained(upstream: ForwardTarget, call: Forwarding): Promise<Answer> {
  if (upstream.explains === undefined) return forward(upstream, call)
  const reject = rejectExplained(upstream.explains)
  try {
    return forward(upstream, call).catch(reject)
  } catch (error) {
    return reject(error)
  }
}

function rejectExplained(explains: Explanations) {
  return (error: unknown): Promise<never> => Promise.reject(explain(error, explains))
}

/** May this request change something? Then it is on record before anything goes upstream. */
function changesSomething({ method }: IncomingMessage, { operation }: Grant): boolean {
  return (method !== 'GET' && method !== 'HEAD') || operation.websocket === true
}
