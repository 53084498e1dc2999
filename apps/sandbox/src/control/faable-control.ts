import { Router } from 'express'
import type { Faable } from '../faable/start-faable.ts'
import { answerControl } from './start-control.ts'

/**
 * What only Faable has:
 *
 * - `POST /faable/move-account` with `{"accountId":"acc_moved"}`: the audience known so far is wrong
 * - `PUT /faable/denial` with `{"reason":"…"}`, or `{"reason":null}`: an Action denies every token
 * - `POST /faable/deliver` with `{"type":"user.created","payload":{}}`: answers with what receivers made of it
 */
export function faableControl(faable: Faable): Router {
  const router = Router()
  router.post('/move-account', (req, res) => {
    const accountId: unknown = req.body?.accountId
    if (typeof accountId !== 'string' || accountId === '') return answerControl(res, 'accountId is text')
    faable.moveAccount(accountId)
    answerControl(res)
  })
  router.put('/denial', (req, res) => {
    const reason: unknown = req.body?.reason
    if (reason !== null && typeof reason !== 'string') return answerControl(res, 'reason is text or null')
    faable.denyClientCredentials(reason ?? undefined)
    answerControl(res)
  })
  router.post('/deliver', async (req, res) => {
    const { type, payload = {} } = req.body ?? {}
    if (typeof type !== 'string' || typeof payload !== 'object') return answerControl(res, 'type is text')
    res.json(await faable.deliver(type, payload))
  })
  return router
}
