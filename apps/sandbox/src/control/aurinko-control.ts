import { Router } from 'express'
import type { ProviderMood } from '../aurinko/aurinko-options.ts'
import type { Aurinko } from '../aurinko/start-aurinko.ts'
import type { TokenStatus } from '../aurinko/tables.ts'
import { answerControl } from './start-control.ts'

const moods: ReadonlyMap<unknown, ProviderMood> = new Map(
  (['ask', 'grant', 'deny'] as const).map((mood) => [mood, mood]),
)
const statuses: ReadonlyMap<unknown, TokenStatus> = new Map(
  (['active', 'invalid', 'dead'] as const).map((status) => [status, status]),
)

/**
 * What only Aurinko has:
 *
 * - `POST /aurinko/return-urls` with `{"url":"https://…"}`: a consent may return there
 * - `PUT /aurinko/provider` with `{"mood":"grant"}`, `ask` or `deny`: what the administrator does
 * - `PUT /aurinko/token-status` with `{"status":"dead"}`, `invalid` or `active`: of all service accounts
 * - `POST /aurinko/notify` with `{"resource":"/email/messages","payloads":[]}`: answers with what receivers said
 */
export function aurinkoControl(aurinko: Aurinko): Router {
  const router = Router()
  router.post('/return-urls', (req, res) => {
    const url: unknown = req.body?.url
    if (typeof url !== 'string' || !URL.canParse(url)) return answerControl(res, 'url is an address')
    aurinko.registerReturnUrl(url)
    answerControl(res)
  })
  router.put('/provider', (req, res) => {
    const mood = moods.get(req.body?.mood)
    if (mood === undefined) return answerControl(res, `mood is one of ${[...moods.keys()].join(', ')}`)
    aurinko.setProvider(mood)
    answerControl(res)
  })
  router.put('/token-status', (req, res) => {
    const status = statuses.get(req.body?.status)
    if (status === undefined) return answerControl(res, `status is one of ${[...statuses.keys()].join(', ')}`)
    aurinko.setTokenStatus(status)
    answerControl(res)
  })
  router.post('/notify', async (req, res) => {
    const { resource, payloads = [] } = req.body ?? {}
    if (typeof resource !== 'string' || !Array.isArray(payloads))
      return answerControl(res, 'resource is text')
    res.json(await aurinko.notify({ resource, payloads }))
  })
  return router
}
