import type { Question } from '../question.ts'
import { templateVariables } from '../template-variables.ts'
import { ConditionError } from './condition-error.ts'
import type { ConditionReads } from './condition-reads.ts'
import { assertOneSpelling } from './one-spelling.ts'
import { singleHeaders, singleParameters } from './single-values.ts'

/** The variables of a condition, as the CEL environment declares them. */
export interface ConditionContext {
  readonly identity: object
  readonly request: object
  readonly now: Date
  readonly [name: string]: unknown
}

/**
 * What a condition reads of a request, and nothing else of it.
 *
 * @throws {ConditionError} where the request can be read in two ways, or has no body to read
 */
export function conditionContext(
  reads: ConditionReads,
  question: Question,
  service: string,
): ConditionContext {
  const { identity, method, operation, segments, body } = question
  if (reads.body && body?.kind !== 'json') throw new ConditionError('the request has no body')
  if (reads.body && body?.kind === 'json') assertOneSpelling(body.value, reads.members)
  const path: Record<string, string> = Object.create(null)
  if (reads.path.size > 0) {
    for (const [name, at] of templateVariables(operation.template)) path[name] = segments[at] ?? ''
  }
  return {
    identity: { issuer: identity.issuer, subject: identity.subject, service, claims: identity.claims },
    request: {
      method,
      path,
      query: singleParameters(question.query, reads.query),
      headers: reads.headers.size === 0 ? {} : singleHeaders(question.headers, reads.headers),
      body: reads.body && body?.kind === 'json' ? body.value : null,
    },
    now: new Date(question.now),
  }
}
