import { GatewayError } from './gateway-error.ts'
import { readProblem } from './read-problem.ts'
import { retryAfterSeconds } from './retry-after.ts'
import { UpstreamError } from './upstream-error.ts'

/**
 * Returns an answer that is a success (2xx) untouched, and makes an error of any other. `client.fetch` keeps
 * to the habits of `fetch` and does not throw for a status; this is the one step from there to typed errors.
 *
 * @param call for the message: `POST /inbox-manager/api/accounts`; by default the path that was answered
 * @throws {GatewayError} the gateway refused the call or could not make it
 * @throws {UpstreamError} the upstream answered, and not with success
 */
export async function expectOk(response: Response, call: string = pathOf(response)): Promise<Response> {
  if (response.ok) return response
  const { status } = response
  const requestId = response.headers.get('x-request-id') ?? undefined
  const facts = { status, requestId, retryAfterSeconds: retryAfterSeconds(response), call }
  const read = await readProblem(response)
  if (read.problem === undefined) throw new UpstreamError({ ...facts, body: jsonOrText(read.text) })
  throw new GatewayError({ ...facts, problem: read.problem, requestId: requestId ?? read.problem.request_id })
}

function pathOf({ url }: Response): string {
  return URL.canParse(url) ? new URL(url).pathname : 'the call'
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
