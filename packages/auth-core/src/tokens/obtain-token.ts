import { Fault } from '../fault.ts'
import { type Failure, judgeFailure } from './judge-failure.ts'
import { type Judged, judgeToken } from './judge-token.ts'
import { type Answer, readAnswer } from './read-answer.ts'
import { type Asking, requestToken } from './request-token.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/**
 * One request to the token endpoint, judged; no cache, no second try.
 *
 * @returns a token, or that the endpoint gave none
 * @throws {Fault} `mint.unavailable`, `mint.invalid-response` where its answer is no answer
 */
export async function obtainToken(endpoint: TokenEndpoint, asking: Asking): Promise<Judged | Failure> {
  const { adapt, clock } = endpoint
  const url = await endpoint.locate()
  const sentAt = clock.now()
  const answer = normalised(await ask(endpoint, url, asking), adapt.normalise)
  const answeredAt = clock.now()
  const isSuccess = answer.status >= 200 && answer.status < 300
  if (isSuccess && answer.body === undefined) {
    const detail = `the token endpoint's answer ${answer.flaw}`
    throw new Fault('mint.invalid-response', { detail })
  }
  // 200 with an error in it is an error: some endpoints know no other status.
  if (!isSuccess || answer.body === undefined || (answer.body.error ?? undefined) !== undefined) {
    return judgeFailure(answer, {
      refusedStatuses: adapt.refusedStatuses ?? [],
      secret: asking.credential.clientSecret,
      now: answeredAt,
    })
  }
  return judgeToken(answer.body, { ...asking, endpoint, sentAt, answeredAt })
}

/** Asks the address that works, and the other one when it turns out not to be there. */
async function ask(endpoint: TokenEndpoint, url: URL, asking: Asking): Promise<Answer> {
  const { alternative } = endpoint
  const askAt = async (address: URL) => readAnswer(await requestToken(endpoint, address, asking))
  const answer = await askAt(alternative?.inUse ? alternative.url : url)
  if (alternative === undefined || !isNowhere(answer)) return answer
  const isOther = !alternative.inUse
  const second = await askAt(isOther ? alternative.url : url)
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
