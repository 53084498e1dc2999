import type { IncomingMessage } from 'node:http'
import { Fault, type Identity } from '@countersign/auth-core'
import { type Request, type Response, Router } from 'express'
import { StoreError } from '../store/store-error.ts'
import { type ConnectService, recordConsent } from './connect-service.ts'
import type { Consent } from './consents.ts'
import { refuseHead } from './refuse-head.ts'

/**
 * `GET /connect/{upstream}` of the admin listener: an operator begins a consent and is sent to its start link,
 * or asks with `?consent=ID` how one is going.
 */
export function connectAdminRoutes(
  service: ConnectService,
  operatorOf: (req: IncomingMessage) => Promise<Identity>,
): Router {
  const router = Router({ caseSensitive: true, strict: true })
  router.use('/connect', refuseHead)
  router.get('/connect/:upstream', async (req: Request<{ upstream: string }>, res) => {
    const operator = await operatorOf(req)
    const target = service.targets().get(req.params.upstream)
    if (!target) throw new Fault('route.unknown', { says: 'There is no such upstream that wants consent.' })
    res.set('cache-control', 'no-store')
    const { consent: id } = req.query
    if (id !== undefined)
      return answerState(res, typeof id === 'string' ? service.consents.get(id) : undefined)

    await assertWritable(service, target.upstream)
    const { consent, ticket } = service.consents.begin(target.upstream, operator)
    recordConsent(service, consent, { step: 'begun' })
    const start = `${target.publicUrl}/connect/${target.upstream}/start?ticket=${ticket}`
    res
      .status(303)
      .location(start)
      .json({ ...shown(consent), start })
  })
  return router
}

/** Sooner than anything is asked of an administrator. @throws {Fault} `mint.refused` */
async function assertWritable({ accounts }: ConnectService, upstream: string): Promise<void> {
  try {
    await accounts.assertWritable()
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause
    const says = `${cause.message}. Nobody was asked; once that is mended, begin again with: countersign connect ${upstream}`
    throw new Fault('mint.refused', { says, cause })
  }
}

function answerState(res: Response, consent: Consent | undefined): void {
  if (!consent) throw new Fault('route.unknown', { says: 'There is no such consent, or it was forgotten.' })
  res.json(shown(consent))
}

function shown({ id, upstream, state, says, expiresAt }: Consent) {
  return { consent: id, upstream, state, says, expires_at: new Date(expiresAt).toISOString() }
}
