import { type Request, type Response, Router } from 'express'
import type { ConnectService } from './connect-service.ts'
import { recordConsent } from './connect-service.ts'
import { authorizeAddress, type ConsentTarget } from './consent-target.ts'
import { finishConsent } from './finish-consent.ts'
import { answerPage } from './page.ts'
import { refuseHead } from './refuse-head.ts'

type PublicRequest = Request<{ upstream: string }>

/** `__Host-` (RFC 6265bis 4.1.3.2): this host's own, over TLS, for every path; no subdomain can plant one. */
const cookieName = '__Host-countersign-connect'

/** What a consent needs on the public listener: its start link, its callback, and the intermediate page. */
export function connectPublicRoutes(service: ConnectService): Router {
  const router = Router({ caseSensitive: true, strict: true })
  router.use('/connect', refuseHead)

  function withTarget(answer: (req: PublicRequest, res: Response, target: ConsentTarget) => unknown) {
    return (req: PublicRequest, res: Response, next: () => void) => {
      const target = service.targets().get(req.params.upstream)
      return target ? answer(req, res, target) : next()
    }
  }

  router.get(
    '/connect/:upstream/start',
    withTarget((req, res, target) => {
      const redeemed = service.consents.redeem(target, parameters(req).get('ticket') ?? '')
      if (!redeemed) return answerPage(res, 400, 'This link has been used, or it is older than ten minutes.')
      const { consent, binding } = redeemed
      recordConsent(service, consent, { step: 'asked' })
      const account = service.accounts.get(target.upstream)
      res.cookie(cookieName, binding.cookie, {
        secure: true,
        httpOnly: true,
        sameSite: 'lax',
        maxAge: 600_000,
      })
      const renewed = account?.origin === target.origin ? account.accountId : undefined
      redirect(res, authorizeAddress(target, binding.state, renewed))
    }),
  )
  router.get(
    '/connect/:upstream/callback',
    withTarget(async (req, res, target) => {
      const query = parameters(req)
      const state = query.get(target.flow.returned.state) ?? ''
      const consent = service.consents.answer(target.upstream, state, cookieOf(req))
      if (!consent) {
        return answerPage(
          res,
          400,
          'This answer does not belong to a consent that was begun in this browser within the last ten minutes. Nothing was changed.',
        )
      }
      res.clearCookie(cookieName, { secure: true, httpOnly: true, sameSite: 'lax' })
      const { status, says } = await finishConsent(service, { target, consent, query })
      answerPage(res, status, says)
    }),
  )
  // A provider's answer on its way to the upstream: every parameter as it came, `state` and `error` included.
  router.get(
    '/connect/:upstream/forward',
    withTarget((req, res, { flow }) => {
      if (flow.callback === undefined) return answerPage(res, 404, 'There is nothing to forward to.')
      redirect(res, flow.callback + queryOf(req))
    }),
  )
  return router
}

function redirect(res: Response, location: string): void {
  // Not res.location(): it encodes once more what is to pass as it is.
  res.writeHead(303, {
    location,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-length': 0,
  })
  res.end()
}

/** `?` and the query as it came; empty without one. */
function queryOf({ originalUrl }: PublicRequest): string {
  const mark = originalUrl.indexOf('?')
  return mark === -1 ? '' : originalUrl.slice(mark)
}

/** A parameter that comes twice has no meaning: it counts as absent. */
function parameters(req: PublicRequest): ReadonlyMap<string, string> {
  const all = [...new URLSearchParams(queryOf(req))]
  const byName = Map.groupBy(all, ([name]) => name)
  return new Map(all.filter(([name]) => byName.get(name)?.length === 1))
}

function cookieOf({ headers }: PublicRequest): string {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim())
  const found = pairs.find((pair) => pair.startsWith(`${cookieName}=`))
  return found?.slice(cookieName.length + 1) ?? ''
}
