import type { Json, JsonObject } from '@countersign/auth-core'
import { z } from 'zod'

const properties = z.custom<JsonObject>(isObject, 'is no object').optional()
const oneOrMore = z.union([z.string(), z.array(z.string())])

/** What this decision point reads of `context`; whatever else is in it is ignored. */
const context = z.object({
  headers: z.record(z.string(), oneOrMore).optional(),
  query: z.union([z.string(), z.record(z.string(), oneOrMore)]).optional(),
  body: z.custom<Json>((value) => value !== undefined).optional(),
})

/** One question: subject, action, resource and context of AuthZEN 1.0, section 5. Unknown members are ignored. */
export const evaluationSchema = z.object({
  subject: z.object({ type: z.string(), id: z.string(), properties }),
  action: z.object({ name: z.string(), properties }),
  resource: z.object({ type: z.string(), id: z.string(), properties }),
  context: context.optional(),
})

/** A question whose members are what they should be. */
export type Evaluation = z.output<typeof evaluationSchema>

/** A decision (AuthZEN 1.0, section 5.5), with its reasons for an operator. */
export interface EvaluationAnswer {
  readonly decision: boolean
  readonly context: Readonly<Record<string, unknown>>
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
