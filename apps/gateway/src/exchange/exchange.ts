import {
  authorize,
  Fault,
  type Grant,
  type Minted,
  mayNotExchange,
  type Operation,
  type Policy,
  type RateLimiter,
  releaseOperation,
  type VerifyCredential,
} from '@countersign/auth-core'
import type { UnidentifiedBodies } from '../authorize/unidentified-bodies.ts'
import { admit } from '../edge/admit.ts'
import type { Caller, Entry } from '../entry.ts'
import type { Answer } from '../forward/answer.ts'
import { auditLine } from '../record/audit-line.ts'
import type { AuditLog } from '../record/audit-log.ts'
import { askedToken } from './asked-token.ts'
import { type ExchangeRequest, parseExchangeRequest } from './exchange-request.ts'
import type { TargetFinder } from './find-target.ts'
import { readForm } from './form.ts'
import { identifyParties } from './identify-parties.ts'
import { releaseToken } from './release-token.ts'

/** The upstream whose token is wanted, and what it shall be able to do. */
export interface ExchangeTarget {
  readonly upstream: string
  readonly operation: Operation
  /** Empty: whatever the rule has. */
  readonly scopes: readonly string[]
}

/** The steps of a token exchange (RFC 8693) that are not the proxy's. */
export interface Exchange {
  /** What is asked for. @throws {Fault} `request.*`, `route.method`, `exchange.*`, `policy.scope`, `identity.refused` */
  read(entry: Entry, bodies: UnidentifiedBodies): Promise<ExchangeRequest>
  /** Who asks. @throws {Fault} `identity.*`, `exchange.subject-token`, `request.malformed` */
  identify(entry: Entry, request: ExchangeRequest): Promise<Caller>
  /** For which upstream. @throws {Fault} `exchange.target`; to whoever may exchange nothing, `policy.refused` */
  route(request: ExchangeRequest, caller: Caller): ExchangeTarget
  /** Whether that is allowed. @throws {Fault} `policy.*`, `exchange.target` */
  authorize(entry: Entry, caller: Caller, target: ExchangeTarget): Grant | Promise<Grant>
  /** The answer, on record but not sent yet. @throws {Fault} `exchange.unreleasable`, `audit.unavailable` */
  release(entry: Entry, grant: Grant, minted: Minted): Promise<Answer>
}

/** What the steps work with. */
export interface ExchangeParts {
  readonly verify: VerifyCredential
  readonly policy: Policy
  readonly limiter: RateLimiter
  readonly findTarget: TargetFinder
  readonly audit: AuditLog
}

/** Puts the parts together. */
export function createExchange({ verify, policy, limiter, findTarget, audit }: ExchangeParts): Exchange {
  return {
    async read({ req }, bodies) {
      admit(req)
      return parseExchangeRequest(await readForm(req, bodies))
    },
    async identify(entry, request) {
      const identity = await identifyParties(entry.req, request, verify)
      const service = policy.serviceOf(identity)
      const { clientId } = request
      if (service && clientId !== undefined && clientId !== service.name && clientId !== identity.subject)
        throw new Fault('identity.refused', { detail: 'client_id is neither the service nor the subject' })
      // Not before: what anybody at all sends is not to be kept.
      entry.asked = askedToken(request)
      return { identity, service }
    },
    route(request, { service }) {
      try {
        return { upstream: findTarget(request), operation: releaseOperation, scopes: request.scopes }
      } catch (error) {
        if (service && service.releases.size > 0) throw error
        throw mayNotExchange('and there is no such target', error)
      }
    },
    authorize({ startedAt: now }, { identity }, { upstream, operation, scopes }) {
      const asked = { identity, upstream, operation, now, release: { scopes } }
      const unseen = { method: operation.method, segments: [], query: '', headers: [] }
      return authorize(policy, { ...asked, ...unseen }, { limiter, readBody })
    },
    async release(entry, grant, minted) {
      const { res, requestId } = entry
      const answer = releaseToken({ res, requestId, grant, minted, now: Date.now() })
      await audit.append(auditLine('open', entry))
      return answer
    },
  }
}

/** No rule that releases a token can ask for a body: its condition was refused when it was loaded. */
function readBody(): Promise<never> {
  throw new TypeError('a release was judged by a body')
}
