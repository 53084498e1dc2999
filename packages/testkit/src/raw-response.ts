import { type Fields, fieldValues } from './fields.ts'
import { type ContentRule, frameMessage } from './message-framing.ts'

/** One final answer as it came over the wire. */
export interface RawResponse {
  readonly status: number
  readonly reason: string
  /** Status line and fields up to and with the empty line, byte for byte (latin1). */
  readonly head: string
  readonly headers: Fields
  readonly body: Buffer
  /** The body as UTF-8. */
  readonly text: string
  readonly trailers: Fields
  /** Interim answers (1xx, but not 101) that came before it, oldest first. */
  readonly interim: readonly number[]
  /** The value of a field, several joined by `, `; `undefined` when it is absent. */
  header(name: string): string | undefined
}

/** The answers at the front of a byte stream, and what is left behind them. */
export interface RawResponses {
  readonly responses: readonly RawResponse[]
  /** Bytes that belong to no complete answer: the beginning of one, or something that should not be there. */
  readonly rest: Buffer
}

/**
 * Reads the answers to requests of `methods`, in that order (an answer to HEAD has no content).
 *
 * @param closed whether the other side has finished: only then is an answer without framing complete
 * @throws {FramingError} when two readers could frame an answer differently
 */
export function readResponses(bytes: Buffer, methods: readonly string[], closed: boolean): RawResponses {
  const responses: RawResponse[] = []
  let interim: number[] = []
  let rest = bytes
  while (responses.length < methods.length) {
    const line = /^HTTP\/1\.[01] (\d{3})(?: ([^\r\n]*))?\r\n/.exec(rest.toString('latin1', 0, 1024))
    if (line === null) break
    const status = Number(line[1])
    const rule = contentRule(methods[responses.length] ?? 'GET', status)
    const message =
      rule === 'until-close' && !closed && !isFramed(rest) ? undefined : frameMessage(rest, rule)
    if (message === undefined) break
    rest = rest.subarray(message.length)
    if (status < 200 && status !== 101) {
      interim.push(status)
      continue
    }
    const { head, headers, body, trailers } = message
    const header = (name: string) => fieldValues(headers, name).join(', ') || undefined
    const text = body.toString('utf8')
    responses.push({ status, reason: line[2] ?? '', head, headers, body, text, trailers, interim, header })
    interim = []
  }
  return { responses, rest }
}

function contentRule(method: string, status: number): ContentRule {
  const bare = method === 'HEAD' || status < 200 || status === 204 || status === 304
  return bare ? 'none' : 'until-close'
}

function isFramed(bytes: Buffer): boolean {
  const head = bytes.toString('latin1', 0, Math.max(0, bytes.indexOf('\r\n\r\n')))
  return /\r\n(?:content-length|transfer-encoding):/i.test(head)
}
