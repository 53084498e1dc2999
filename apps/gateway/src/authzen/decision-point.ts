import type { Explanation, Fault } from '@countersign/auth-core'
import { createHypotheticals, type Hypothetical } from '../authorize/hypothetical.ts'
import type { LoadedConfig } from '../config/loaded-config.ts'
import type { Evaluation, EvaluationAnswer } from './evaluation.ts'
import { hypotheticalOf } from './hypothetical-of.ts'

/** Answers questions by the policy of one configuration. */
export interface DecisionPoint {
  /** What it calls itself, without a trailing slash; `undefined`: by the name that it was reached under. */
  readonly url: string | undefined
  evaluate(evaluation: Evaluation): EvaluationAnswer
}

/**
 * The policy as a decision point: it routes and decides by the functions that the proxy routes and decides by.
 * Yes means that the proxy would make this call. Limits are neither asked nor used up.
 */
export function createDecisionPoint(config: LoadedConfig, now: () => number): DecisionPoint {
  const ask = createHypotheticals(config)
  return {
    url: config.gateway.adminUrl,
    evaluate(evaluation) {
      const asked = hypotheticalOf(evaluation, config.policy, now())
      if ('reason' in asked) return no(asked.reason)
      if (isTooLong(asked.request)) return no('the gateway takes no header section of more than 16 KiB')
      const answer = ask(asked.request)
      if ('fault' in answer) return noBy(answer.fault)
      const { explanation } = answer
      if (asked.operation !== undefined && explanation.operation !== asked.operation) {
        return no(`a request with these values is ${explanation.operation}`)
      }
      return { decision: explanation.verdict !== 'deny', context: { reason_admin: reasonOf(explanation) } }
    },
  }
}

/** What the listener answers with 431. */
function isTooLong({ target, headers = [] }: Hypothetical): boolean {
  return headers.reduce((length, text) => length + text.length, target.length) > 16 * 1024
}

function no(reason: string): EvaluationAnswer {
  return { decision: false, context: { reason_admin: { en: reason } } }
}

function noBy({ code, says }: Fault): EvaluationAnswer {
  return { decision: false, context: { reason_admin: { en: says, code } } }
}

/** Names the rule and its place; values of the request are the asker's own and not repeated. */
function reasonOf({ examined: _values, ...explanation }: Explanation): object {
  return { en: sentenceOf(explanation), ...explanation }
}

function sentenceOf({
  verdict,
  service,
  rule,
  closest,
  operation,
  forbidden,
}: Omit<Explanation, 'examined'>): string {
  if (rule) return `${rule.label} allows it.`
  if (service === undefined) return 'No service lists this issuer and subject.'
  if (forbidden !== undefined) return `The operation forbids the query parameter ${forbidden}.`
  const why = closest ? ` The closest is ${closest.label}: ${closest.misfit}.` : ''
  return verdict === 'shadow'
    ? `No rule allows ${operation}; shadow mode lets it through.${why}`
    : `No rule of ${service} allows ${operation}.${why}`
}
