import { setImmediate } from 'node:timers/promises'
import { Fault, isJsonObject, type Json, type JsonObject } from '@countersign/auth-core'
import type { DecisionPoint } from './decision-point.ts'
import type { EvaluationAnswer } from './evaluation.ts'
import { parseEvaluation } from './parse-evaluation.ts'

/** Most questions in one request. */
export const maxEvaluations = 1_000

/** Most that the questions may come to in all, what they inherit counted with each, in characters of their JSON. */
const maxCharacters = 4 * 1024 * 1024

/** Other requests get their turn after so many milliseconds. */
const turnMs = 10

/** After which answer the rest is not asked any more (AuthZEN 1.0, section 6.2.1). */
const endsOn: ReadonlyMap<string, boolean | undefined> = new Map([
  ['execute_all', undefined],
  ['deny_on_first_deny', false],
  ['permit_on_first_permit', true],
])

const inherited = ['subject', 'action', 'resource', 'context'] as const

/**
 * Answers a batch (AuthZEN 1.0, section 6), in its order. Each question takes what it does not have from the
 * request as a whole, never in part. One that is malformed is answered with no, and says why.
 *
 * @returns a single answer where the request holds no questions, as section 6.1 has it
 * @throws {Fault} `request.malformed` for what is no batch; `request.too-large`
 */
export async function evaluateBatch(
  request: JsonObject,
  decisions: DecisionPoint,
): Promise<EvaluationAnswer | { evaluations: readonly EvaluationAnswer[] }> {
  const { evaluations = [], options, ...defaults } = request
  if (!Array.isArray(evaluations)) throw malformed('evaluations is no array')
  const end = endOf(options)
  if (evaluations.length === 0) return decisions.evaluate(parseEvaluation(defaults))
  if (evaluations.length > maxEvaluations) {
    throw new Fault('request.too-large', { says: `A batch may hold ${maxEvaluations} evaluations.` })
  }
  if (sizeOf(evaluations) + evaluations.length * sizeOf(defaults) > maxCharacters) {
    throw new Fault('request.too-large', {
      says: 'The evaluations of a batch may have 4 MiB in all, with what they inherit.',
    })
  }
  const answers: EvaluationAnswer[] = []
  let turnStartedAt = performance.now()
  for (const item of evaluations) {
    if (performance.now() - turnStartedAt > turnMs) {
      await setImmediate()
      turnStartedAt = performance.now()
    }
    const answer = evaluateItem(item, defaults, decisions)
    answers.push(answer)
    if (answer.decision === end) break
  }
  return { evaluations: answers }
}

function evaluateItem(item: Json, defaults: JsonObject, decisions: DecisionPoint): EvaluationAnswer {
  try {
    if (!isJsonObject(item)) throw malformed('it is no object')
    const whole = Object.fromEntries(
      inherited.flatMap((name) => {
        const value = Object.hasOwn(item, name) ? item[name] : defaults[name]
        return value === undefined ? [] : [[name, value]]
      }),
    )
    return decisions.evaluate(parseEvaluation(whole))
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'request.malformed') throw error
    return { decision: false, context: { error: { status: 400, message: error.says } } }
  }
}

function sizeOf(json: Json): number {
  return JSON.stringify(json).length
}

function endOf(options: Json | undefined): boolean | undefined {
  if (options === undefined) return undefined
  if (!isJsonObject(options)) throw malformed('options is no object')
  const { evaluations_semantic: semantic = 'execute_all' } = options
  if (typeof semantic !== 'string' || !endsOn.has(semantic)) {
    throw malformed(`options.evaluations_semantic is one of ${[...endsOn.keys()].join(', ')}`)
  }
  return endsOn.get(semantic)
}

function malformed(what: string): Fault {
  return new Fault('request.malformed', { says: `This is no evaluation request: ${what}.` })
}
