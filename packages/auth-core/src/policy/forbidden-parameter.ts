import { parameterKey, parameterName } from './parameter-key.ts'
import type { Question } from './question.ts'

/**
 * The first of the query parameters that the operation forbids and the request has, in whatever spelling a
 * server might take for it; `undefined` when there is none.
 */
export function forbiddenParameter({
  operation,
  query,
}: Pick<Question, 'operation' | 'query'>): string | undefined {
  const { forbidQuery } = operation
  if (forbidQuery === undefined || query.length < 2) return undefined
  const parts = query.replace(/^\?/, '').split(/[&;]/)
  const present = new Set(parts.map((part) => parameterKey(parameterName(part))))
  return forbidQuery.find((name) => present.has(parameterKey(name)))
}
