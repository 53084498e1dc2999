import type { Decision } from './decide.ts'
import type { Question } from './question.ts'

/** For the record: which rules came into question, and why none of them matched. */
export function whyNot(decision: Decision & { verdict: 'deny' | 'shadow' }, question: Question): string {
  const { service, misses } = decision
  if ('forbidden' in decision) return `the operation forbids the query parameter ${decision.forbidden}`
  if (!service) return 'the identity is verified, but no service lists its issuer and subject'
  if (misses.length === 0)
    return `no rule of ${service.name} includes ${question.upstream} ${question.operation.name}`
  return misses
    .map(({ rule, error }) =>
      error === undefined
        ? `${rule.label}: its condition is false`
        : `${rule.label}: its condition could not be evaluated: ${error}`,
    )
    .join('; ')
}
