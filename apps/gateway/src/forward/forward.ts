import { Fault, type Grant, type RefusalReason } from '@countersign/auth-core'
import { assertStillThere } from '../edge/still-there.ts'
import type { Answer, Refusal } from './answer.ts'
import type { Forwarding, ForwardTarget } from './forwarding.ts'
import { type BodyLimits, hasBody, RequestBody } from './request-body.ts'
import { type OutgoingBody, Sender } from './sender.ts'

/** Longest body that is kept for a replay after a 401, in bytes. */
const replayBytes = 64 * 1024

/**
 * Sends a granted request upstream and streams the answer back, all but its end.
 *
 * An upstream that answers 401 has refused *our* token, never the caller's: the token is replaced once for
 * everyone, and the request is sent once more if that is safe (GET, HEAD, or an operation that says
 * `replay: on_401`, with a body that was small enough to keep).
 *
 * A refusal of a credential that is not a token is for the operator: there is no other one to try.
 *
 * @throws {Fault} `mint.rejected-by-upstream`, `mint.audience-unknown`, `upstream.*`, `client.gone`,
 * `request.too-large`, and what minting throws; at once or by rejecting
 */
export function forward(upstream: ForwardTarget, call: Forwarding): Promise<Answer> {
  const { grant, minted } = call
  assertStillThere(call.req, call.res)
  const limits = { maxBytes: upstream.maxBodyBytes, keepBytes: isReplayable(grant) ? replayBytes : 0 }
  const body = bodyOf(call, limits)
  const sender = new Sender(upstream, call)
  return sender.send(minted, body).then((answer) => {
    if ('refused' in answer) return sendAgain(upstream, call, { ...answer, sender, body })
    upstream.tokens.accepted(grant, minted.token)
    return answer
  })
}

interface Refused extends Refusal {
  readonly sender: Sender
  readonly body: OutgoingBody
}

/** The token was refused: it is replaced, and the request sent with the new one if it may be. */
async function sendAgain(upstream: ForwardTarget, call: Forwarding, how: Refused): Promise<Answer> {
  const { grant, minted } = call
  const { refused, sender, body } = how
  const replayable = isReplayable(grant)
  if (minted.source === 'configured') throw new Fault('upstream.credential-refused')
  const again = body instanceof RequestBody ? body.replay() : body
  if (!replayable || again === undefined) {
    // The next caller shall not meet the refused token; this one is told now, unless only that shows why.
    const replacing = upstream.tokens.replace(grant, minted.token, refused)
    replacing.catch(() => {})
    const next = refused === 'token' ? undefined : await replacing
    const isCorrected = refused !== 'audience' || next?.audience !== minted.audience
    throw new Fault(isCorrected ? 'mint.rejected-by-upstream' : 'mint.audience-unknown', {
      detail: `${meanings[refused]}, to a request that may not be sent twice`,
    })
  }
  const fresh = await upstream.tokens.replace(grant, minted.token, refused)
  const second = await sender.send(fresh, again)
  if ('refused' in second) {
    const code = second.refused === 'audience' ? 'mint.audience-unknown' : 'mint.rejected-by-upstream'
    throw new Fault(code, { detail: `${meanings[second.refused]}, with a newly minted token as well` })
  }
  upstream.tokens.accepted(grant, fresh.token)
  return second
}

const meanings: Readonly<Record<RefusalReason, string>> = {
  token: 'the upstream answered 401',
  audience: 'the upstream says that the token is for another audience',
  dead: 'the upstream says that the token will never work again',
}

function bodyOf({ req, body }: Forwarding, limits: BodyLimits): OutgoingBody {
  if (!hasBody(req)) return null
  return body ?? new RequestBody(req, limits)
}

function isReplayable({ operation }: Grant): boolean {
  return operation.method === 'GET' || operation.method === 'HEAD' || operation.replay === 'on_401'
}
