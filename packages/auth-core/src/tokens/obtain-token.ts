import { Fault } from '../fault.ts'
import type { TokenRequest } from '../policy/grant.ts'
import type { Credential } from './credential.ts'
import { judgeFailure } from './judge-failure.ts'
import { type Judged, judgeToken } from './judge-token.ts'
import { type Answer, readAnswer } from './read-answer.ts'
import { requestToken } from './request-token.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/**
 * One request to the token endpoint, judged; no cache, no second try.
 *
 * @throws {Fault} `mint.refused`, `mint.unavailable`, `mint.invalid-response`
 */
export async function obtainToken(
  endpoint: TokenEndpoint,
  request: TokenRequest,
  credential: Credential,
): Promise<Judged> {
  const { adapt, clock } = endpoint
  const sentAt = clock.now()
  const answer = normalised(await ask(endpoint, request, credential), adapt.normalise)
  const answeredAt = clock.now()
  const isSuccess = answer.status >= 200 && answer.status < 300
  if (isSuccess && answer.body === undefined) {
    const detail = `the token endpoint's answer ${answer.flaw}`
    throw new Fault('mint.invalid-response', { detail })
  }
  // 200 with an error in it is an error: some endpoints know no other status.
  if (!isSuccess || answer.body === undefined || (answer.body.error ?? undefined) !== undefined) {
    throw judgeFailure(answer, {
      refusedStatuses: adapt.refusedStatuses ?? [],
      secret: credential.clientSecret,
      now: answeredAt,
    })
  }
  return judgeToken(answer.body, { request, clientId: credential.clientId, sentAt, answeredAt })
}

/** Asks the address that works, and the other one when it turns out not to be there. */
async function ask(endpoint: TokenEndpoint, request: TokenRequest, credential: Credential): Promise<Answer> {
  const { alternative } = endpoint
  const askAt = async (url: URL) => readAnswer(await requestToken({ ...endpoint, url }, request, credential))
  const answer = await askAt(alternative?.inUse ? alternative.url : endpoint.url)
  if (alternative === undefined || !isNowhere(answer)) return answer
  const isOther = !alternative.inUse
  const second = await askAt(isOther ? alternative.url : endpoint.url)
  if (isNowhere(second)) return answer
  alternative.inUse = isOther
  return second
}

/** Not an answer of a token endpoint, but of a server that has none there. */
function isNowhere({ status }: Answer): boolean {
  return status === 404 || status === 405
}

function normalised(answer: Answer, normalise: TokenEndpoint['adapt']['normalise']): Answer {
  if (answer.body === undefined || normalise === undefined) return answer
  return { ...answer, body: normalise(answer.body) }
}
