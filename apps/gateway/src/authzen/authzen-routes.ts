import type { IncomingMessage } from 'node:http'
import { Fault, type Identity } from '@countersign/auth-core'
import { type Request, type Response, Router } from 'express'
import { assertOneHost } from '../edge/host-field.ts'
import { newRequestId } from '../trace/request-id.ts'
import type { DecisionPoint } from './decision-point.ts'
import { evaluateBatch } from './evaluate-batch.ts'
import { parseEvaluation } from './parse-evaluation.ts'
import { readJsonBody } from './read-json-body.ts'

/** What the decision API works with. */
export interface AuthzenParts {
  /** @throws {Fault} for whoever is no operator */
  readonly operatorOf: (req: IncomingMessage) => Promise<Identity>
  /** That of the configuration in force. */
  readonly decisions: () => DecisionPoint
}

const paths = {
  evaluation: '/access/v1/evaluation',
  evaluations: '/access/v1/evaluations',
  configuration: '/.well-known/authzen-configuration',
} as const

/** Longer or stranger ones are refused, since an id is sent back as it came. */
const usableRequestId = /^[\x21-\x7e]{1,256}$/

/**
 * The decision API of the admin listener: OpenID AuthZEN Authorization API 1.0, single and batch evaluation and
 * metadata. For operators; a no is an answer (200), never a 401 or 403.
 */
export function authzenRoutes({ operatorOf, decisions }: AuthzenParts): Router {
  async function admitOperator(req: Request, res: Response): Promise<void> {
    const given = req.headers['x-request-id']
    const isUsable = typeof given === 'string' && usableRequestId.test(given)
    res.set('x-request-id', isUsable ? given : newRequestId())
    res.set('cache-control', 'no-store')
    await operatorOf(req)
    if (given !== undefined && !isUsable) {
      throw new Fault('request.malformed', { says: 'X-Request-ID has at most 256 visible ASCII characters.' })
    }
  }

  const router = Router({ caseSensitive: true, strict: true })
  router.post(paths.evaluation, async (req, res) => {
    await admitOperator(req, res)
    const question = parseEvaluation(await readJsonBody(req))
    res.json(decisions().evaluate(question))
  })
  router.post(paths.evaluations, async (req, res) => {
    await admitOperator(req, res)
    const batch = await readJsonBody(req)
    res.json(await evaluateBatch(batch, decisions()))
  })
  router.get(paths.configuration, async (req, res) => {
    await admitOperator(req, res)
    assertOneHost(req)
    res.json(metadata(decisions().url ?? `http://${req.headers.host}`))
  })
  router.all([paths.evaluation, paths.evaluations], () => {
    throw new Fault('route.method', { allow: ['POST'] })
  })
  return router
}

/** AuthZEN 1.0, section 9. On loopback, without a name of its own, it is called what the asker calls it. */
function metadata(base: string): object {
  return {
    policy_decision_point: base,
    access_evaluation_endpoint: base + paths.evaluation,
    access_evaluations_endpoint: base + paths.evaluations,
  }
}
