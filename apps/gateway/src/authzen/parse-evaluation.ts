import { Fault, type Json } from '@countersign/auth-core'
import { type Evaluation, evaluationSchema } from './evaluation.ts'

/**
 * A question out of its JSON.
 *
 * @throws {Fault} `request.malformed`, naming the first member that is missing or of the wrong type
 */
export function parseEvaluation(json: Json): Evaluation {
  const parsed = evaluationSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
  throw new Fault('request.malformed', {
    says: `This is no evaluation request. ${place}${issue?.message ?? ''}`,
  })
}
