import { Fault } from '@countersign/auth-core'
import { type Request, type Response, Router } from 'express'
import { UnidentifiedBodies } from '../authorize/unidentified-bodies.ts'
import type { AuditLog } from '../record/audit-log.ts'
import type { AssertionSigner } from './assertion-signer.ts'
import { handOn } from './hand-on.ts'
import { LineBudget } from './line-budget.ts'
import { SeenDeliveries } from './seen-deliveries.ts'
import { type Delivery, verifyDelivery } from './verify-delivery.ts'
import type { WebhookTarget } from './webhook-target.ts'

const limit = { maxBytes: 1024 * 1024, says: 'A delivery may have 1 MiB.' }

/** What deliveries are taken with. */
export interface WebhookService {
  /** The upstreams of the configuration in force. */
  readonly targets: () => ReadonlyMap<string, WebhookTarget>
  readonly signer: AssertionSigner
  readonly audit: AuditLog
  /** Told of each handshake, since not each is on record. */
  readonly onHandshake: (upstream: string) => void
}

/** `POST /hooks/{upstream}` and the key set that receivers verify assertions with. */
export function webhookRoutes(service: WebhookService): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const bodies = new UnidentifiedBodies()
  const seen = new SeenDeliveries()
  const handshakes = new LineBudget(1)
  const refusals = new LineBudget(100)

  router.get('/.well-known/jwks.json', (_req, res) => {
    res.set('cache-control', 'public, max-age=300').json(service.signer.keySet)
  })
  router.post('/hooks/:upstream', async (req: Request<{ upstream: string }>, res, next) => {
    const target = service.targets().get(req.params.upstream)
    if (!target) return next()
    const requestId = String(res.getHeader('x-request-id'))
    const token = validationToken(req, target)
    if (token !== undefined) {
      service.onHandshake(target.upstream)
      const unrecorded = handshakes.take(target.upstream, Date.now())
      if (unrecorded !== undefined) record(service, target, { requestId, outcome: 'handshake', unrecorded })
      return answerHandshake(res, token)
    }
    let delivery: Delivery | undefined
    try {
      const body = await bodies.read(req, limit)
      delivery = verifyDelivery(target, req.headers, body, Date.now())
      await deliver(delivery, target, { requestId, contentType: req.headers['content-type'] })
    } catch (error) {
      const { code, detail } = Fault.from(error)
      // Until its signature was found good, it may be anybody's.
      const unrecorded = delivery ? 0 : refusals.take(target.upstream, Date.now())
      if (unrecorded !== undefined) {
        const counted = unrecorded > 0 ? { unrecorded } : {}
        record(service, target, { requestId, delivery, outcome: 'refused', code, detail, ...counted })
      }
      throw error
    }
    record(service, target, { requestId, delivery, outcome: 'delivered' })
    res.status(204).end()
  })
  return router

  async function deliver(
    delivery: Delivery,
    target: WebhookTarget,
    facts: { readonly requestId: string; readonly contentType: string | undefined },
  ): Promise<void> {
    seen.take(delivery, Date.now())
    try {
      const assertion = await service.signer.sign(delivery, target.audience)
      const { forwardTo: url, timeoutMs } = target
      await handOn({ url, timeoutMs, body: delivery.body, assertion, ...facts })
    } catch (error) {
      seen.release(delivery)
      throw error
    }
  }
}

/** The value that a new subscription wants to see again; `undefined` for anything else. */
function validationToken({ originalUrl }: Request, { scheme }: WebhookTarget): string | undefined {
  if (scheme.validation === undefined) return undefined
  const { searchParams } = new URL(originalUrl, 'http://unused')
  const [token, ...more] = searchParams.getAll(scheme.validation)
  return token !== undefined && more.length === 0 && /^[\x20-\x7e]{1,1024}$/.test(token) ? token : undefined
}

function answerHandshake(res: Response, token: string): void {
  res.status(200).set({
    'content-type': 'text/plain',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'",
    'cache-control': 'no-store',
  })
  res.end(token)
}

interface Outcome {
  readonly requestId: string
  readonly delivery?: Delivery | undefined
  readonly outcome: 'delivered' | 'refused' | 'handshake'
  readonly code?: string
  readonly detail?: string | undefined
  /** Those since the last line about one that have none. */
  readonly unrecorded?: number
}

function record({ audit }: WebhookService, { upstream }: WebhookTarget, facts: Outcome): void {
  const { requestId, delivery, outcome, code, detail, unrecorded } = facts
  audit.write({
    kind: 'webhook',
    time: new Date().toISOString(),
    request_id: requestId,
    upstream,
    delivery: delivery?.id,
    event: delivery?.event,
    bytes: delivery?.body.length,
    outcome,
    code,
    detail,
    unrecorded,
  })
}
