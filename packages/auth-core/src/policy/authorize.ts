import { Fault } from '../fault.ts'
import type { SubjectToken } from '../tokens/subject-token.ts'
import type { CompiledRule } from './compile-rule.ts'
import { type Decision, decide } from './decide.ts'
import type { Grant } from './grant.ts'
import type { JudgedBody } from './judge-body.ts'
import type { Policy, Service } from './policy.ts'
import type { Question } from './question.ts'
import type { RateLimiter } from './rate-limit.ts'
import { releaseRefusal } from './release-refusal.ts'
import { whyNot } from './why-not.ts'

/** What can only be done with the request at hand. */
export interface Means {
  /** Reads the body, once; called only when a rule that includes the operation looks at it. @throws {Fault} */
  readonly readBody: () => Promise<JudgedBody>
  readonly limiter: RateLimiter
  /** The caller's own token; given where the upstream exchanges it. @throws {Fault} `identity.*` without one */
  readonly subject?: (() => SubjectToken) | undefined
}

/**
 * Acts on what {@link decide} says. The one place where a {@link Grant} comes into being.
 *
 * @returns at once where neither the body nor a limit is involved
 * @throws {Fault} `policy.refused`; the caller learns the operation it asked for, and nothing of the policy.
 * For a release also `exchange.target` and `policy.scope`.
 * `policy.rate-limited`, without falling through to a later rule. `request.malformed`, `request.too-large` for
 * a body that a rule would have to read
 */
export function authorize(policy: Policy, question: Question, means: Means): Grant | Promise<Grant> {
  const decision = decide(policy, question)
  if (decision.verdict === 'needs-body') return withBody(policy, question, means)
  return grantOf(decision, question, means)
}

async function withBody(policy: Policy, question: Question, means: Means): Promise<Grant> {
  const body = await means.readBody()
  const decision = decide(policy, { ...question, body })
  if (decision.verdict === 'needs-body') throw new TypeError('a body was given and asked for again')
  return grantOf(decision, question, means)
}

function grantOf(
  decision: Exclude<Decision, { verdict: 'needs-body' }>,
  question: Question,
  { limiter, subject }: Means,
): Grant | Promise<Grant> {
  const { verdict, service } = decision
  if (verdict === 'deny')
    throw question.release ? releaseRefusal(decision, question) : refusal(decision, question)
  const { upstream, operation } = question
  const common = { service: service.name, upstream, verdict, subject: subject?.(), operation }
  if (verdict === 'shadow') {
    const wouldBeDenied = whyNot(decision, question)
    const { tokenRequest } = decision
    return granted({ ...common, rule: `${service.name} (none)`, tokenRequest, wouldBeDenied })
  }
  const { rule } = decision
  const { label, tokenRequest } = rule
  const allowed = granted({ ...common, rule: label, tokenRequest, ...releaseOf(rule, question) })
  return rule.limit === undefined
    ? allowed
    : withinLimit(allowed, { limiter, service, rule, limit: rule.limit })
}

/** A grant as it is before it is one. */
type Terms = Pick<Grant, Extract<keyof Grant, string>>

function granted(terms: Terms): Grant {
  return terms as Grant
}

/** Of a token that is to leave, no more scopes than were asked for. */
function releaseOf({ release, tokenRequest }: CompiledRule, question: Question): Partial<Terms> | undefined {
  if (!question.release || !release) return undefined
  const { scopes } = question.release
  const narrowed = scopes.length === 0 ? tokenRequest : { ...tokenRequest, scopes: [...scopes].sort() }
  return { operation: release.operation, tokenRequest: narrowed, release }
}

interface Limited {
  readonly limiter: RateLimiter
  readonly service: Service
  readonly rule: CompiledRule
  readonly limit: NonNullable<CompiledRule['limit']>
}

async function withinLimit(grant: Grant, { limiter, service, rule, limit }: Limited): Promise<Grant> {
  const state = await limiter.take([service.name, rule.label], limit)
  if (state.allowed) return grant
  throw new Fault('policy.rate-limited', {
    says: `The service ${service.name} may call this ${limit.calls} times in ${limit.windowSeconds} seconds.`,
    detail: `${rule.label} has the limit ${limit.source}`,
    retryAfterSeconds: Math.max(1, Math.ceil(state.resetSeconds)),
    rateLimit: { ...limit, remaining: state.remaining, resetSeconds: Math.ceil(state.resetSeconds) },
  })
}

function refusal(decision: Decision & { verdict: 'deny' }, question: Question): Fault {
  const asked = `${question.upstream} ${question.operation.name}`
  const { service, forbidden } = decision
  const who = service ? `The service ${service.name}` : 'This identity'
  return new Fault('policy.refused', {
    says: `${who} may not call ${asked}${forbidden === undefined ? '' : ` with the query parameter ${forbidden}`}.`,
    detail: whyNot(decision, question),
  })
}
