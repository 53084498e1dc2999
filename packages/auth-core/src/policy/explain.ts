import type { FaultCode } from '../fault.ts'
import { closestRule } from './closest-rule.ts'
import type { CompiledRule } from './compile-rule.ts'
import { type ConditionReport, reportCondition } from './condition/report-condition.ts'
import { type Decision, decide } from './decide.ts'
import type { Policy } from './policy.ts'
import type { Question } from './question.ts'
import { releaseRefusal } from './release-refusal.ts'

/** A rule as an explanation names it. */
export interface RuleReference {
  readonly label: string
  readonly position: string
}

/** A rule that came into question: it includes the operation. */
export interface ExaminedRule extends RuleReference {
  readonly matched: boolean
  /** `undefined` for a rule without a condition. */
  readonly condition: ConditionReport | undefined
}

/** A decision and all that it rests on. Plain data, ready for JSON; holds values of the request. */
export interface Explanation {
  readonly verdict: 'allow' | 'shadow' | 'deny'
  readonly service: string | undefined
  readonly upstream: string
  readonly operation: string
  /** The rule that allows. */
  readonly rule:
    | (RuleReference & {
        readonly limit: string | undefined
        /** Seconds that a token may live which the rule hands out; `undefined`: it hands out none. */
        readonly releases: number | undefined
      })
    | undefined
  /** What would be asked of the token endpoint. */
  readonly token:
    | {
        readonly audience: string | undefined
        readonly scopes: readonly string[]
        /** Resource indicators (RFC 8707), where there are any. */
        readonly resource?: readonly string[]
      }
    | undefined
  /** Where nothing allows: what the request would end with. */
  readonly code?: FaultCode
  /** In the order in which they were tried; the last one matched, if any did. */
  readonly examined: readonly ExaminedRule[]
  /** A query parameter that the operation forbids: then no rule was tried. */
  readonly forbidden?: string
  /** Where nothing allows: the rule that came nearest, and the first thing about it that did not fit. */
  readonly closest: (RuleReference & { readonly misfit: string }) | undefined
}

/**
 * Decides as the proxy does, by the same function, and says why. For people and tests: it costs more than the
 * decision, and it shows values of the request.
 *
 * @param question with the body; without one it is taken to have none
 */
export function explain(policy: Policy, question: Question): Explanation {
  const asked: Question = { ...question, body: question.body ?? { kind: 'absent' } }
  const decision = decide(policy, asked)
  if (decision.verdict === 'needs-body') throw new TypeError('a body was given and asked for again')
  const { verdict, service } = decision
  const rule = verdict === 'allow' ? decision.rule : undefined
  const examined = [...decision.misses.map((miss) => miss.rule), ...(rule ? [rule] : [])].map((each) => ({
    ...reference(each),
    matched: each === rule,
    condition: each.when && service ? reportCondition(each.when, asked, service.name) : undefined,
  }))
  const token = tokenOf(decision)
  const forbidden = verdict === 'deny' ? decision.forbidden : undefined
  return {
    verdict,
    service: service?.name,
    upstream: question.upstream,
    operation: question.operation.name,
    rule: rule && {
      ...reference(rule),
      limit: rule.limit?.source,
      releases: rule.release?.maxLifetimeSeconds,
    },
    token: token && {
      audience: token.audience,
      scopes: askedScopes(question) ?? token.scopes,
      ...(token.resource.length > 0 && { resource: token.resource }),
    },
    ...(decision.verdict === 'deny' && { code: codeOf(decision, question) }),
    examined,
    ...(forbidden !== undefined && { forbidden }),
    closest:
      rule || !service || forbidden !== undefined
        ? undefined
        : (nearMiss(examined) ?? closestRule(service, question)),
  }
}

function codeOf(decision: Decision & { verdict: 'deny' }, question: Question): FaultCode {
  return question.release ? releaseRefusal(decision, question).code : 'policy.refused'
}

function reference({ label, position }: CompiledRule): RuleReference {
  return { label, position }
}

/** Of a token that is to leave: no more than these, where any are named. */
function askedScopes({ release }: Question): readonly string[] | undefined {
  return release && release.scopes.length > 0 ? [...release.scopes].sort() : undefined
}

function tokenOf(decision: Decision) {
  if (decision.verdict === 'allow') return decision.rule.tokenRequest
  return decision.verdict === 'shadow' ? decision.tokenRequest : undefined
}

/** Of the rules that include the operation, the one with the fewest parts that did not hold. */
function nearMiss(examined: readonly ExaminedRule[]): Explanation['closest'] {
  const [nearest] = examined.toSorted((a, b) => failures(a) - failures(b))
  const condition = nearest?.condition
  if (!nearest || !condition) return undefined
  const failed = condition.parts.find((part) => part.outcome !== true)
  const misfit =
    failed === undefined
      ? `when: ${condition.error ?? 'it is false'}`
      : `when: ${failed.source} is ${failed.outcome === false ? 'false' : `not known (${failed.error})`}`
  return { label: nearest.label, position: nearest.position, misfit }
}

function failures({ condition }: ExaminedRule): number {
  return condition?.parts.filter((part) => part.outcome !== true).length ?? 0
}
