import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import { type TokenEndpointFailure, tokenEndpointFailures } from '../token-endpoint-failure.ts'
import { issueToken, type TokenIssuer } from './issue-token.ts'
import type { RequestRate } from './request-rate.ts'
import { type TokenRefusal, tokenRefusal } from './token-refusal.ts'
import { readTokenRequest } from './token-request.ts'

/** What the token endpoint is built from. */
export interface TokenRouteParts extends TokenIssuer {
  readonly rate: RequestRate
  /** Called for each token request; a failure it names is what the client gets. */
  readonly admit: () => TokenEndpointFailure | undefined
}

/** `POST /oauth/token`: a form or JSON, credentials in it or in HTTP Basic. */
export function tokenRoutes({ rate, admit, ...issuer }: TokenRouteParts): Router {
  const router = Router({ caseSensitive: true, strict: true })
  router.post(
    '/oauth/token',
    (_req, res, next) => {
      const failure = admit()
      if (failure === undefined) next()
      else tokenEndpointFailures[failure](res)
    },
    readBody(express.urlencoded({ extended: false })),
    readBody(express.json()),
    async (req, res) => {
      res.set('Cache-Control', 'no-store')
      const answer = await answerTo(req, { rate, ...issuer })
      if ('access_token' in answer) res.json(answer)
      else refuse(res, answer)
    },
  )
  return router
}

async function answerTo(req: Request, { rate, ...issuer }: Omit<TokenRouteParts, 'admit'>) {
  const request = readTokenRequest(req)
  if (typeof request === 'string') return tokenRefusal('invalid_request', request)
  const wait = rate.take(request.clientId)
  if (wait > 0) {
    return tokenRefusal('too_many_requests', 'too many token requests', { retryAfterSeconds: wait })
  }
  return await issueToken(request, issuer)
}

/** A body that cannot be parsed is refused in the words of the token endpoint, not of the API. */
function readBody(parse: RequestHandler): RequestHandler {
  return (req, res, next) =>
    parse(req, res, (error?: unknown) => {
      if (error === undefined) next()
      else refuse(res, tokenRefusal('invalid_request', 'the body cannot be parsed'))
    })
}

function refuse(res: Response, { status, error, code, description, retryAfterSeconds }: TokenRefusal): void {
  if (retryAfterSeconds !== undefined) res.set('Retry-After', String(retryAfterSeconds))
  if (status === 401) res.set('WWW-Authenticate', 'Basic realm="faable"')
  const extension = code === error ? {} : { error_code: code }
  res.status(status).json({ error, error_description: description, ...extension })
}
