import type { IncomingMessage } from 'node:http'
import { Fault, maxJudgedBytes } from '@countersign/auth-core'
import { assertUnbroken } from '../edge/broken-body.ts'
import { assertStillThere, brokenOff } from '../edge/still-there.ts'

/** How long a body may be, and what a caller with a longer one is told. */
export interface BodyLimit {
  readonly maxBytes: number
  readonly says: string
}

const judged: BodyLimit = {
  maxBytes: maxJudgedBytes,
  says: `A rule reads this body, so it may have ${maxJudgedBytes} bytes.`,
}

/**
 * Reads a whole request body, for a rule that looks at it. What is returned is what goes upstream.
 *
 * @throws {Fault} `request.too-large` as soon as that is known, `client.gone`, and what broke the body
 */
export async function readBody(req: IncomingMessage, limit: BodyLimit = judged): Promise<Buffer> {
  assertUnbroken(req)
  assertStillThere(req)
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  if (Number(req.headers['content-length'] ?? 0) > limit.maxBytes) throw tooLarge(limit)
  const chunks: Buffer[] = []
  let size = 0
  function take(chunk: Buffer): void {
    size += chunk.length
    if (size <= limit.maxBytes) {
      chunks.push(chunk)
      return
    }
    giveUp(tooLarge(limit))
  }
  function giveUp(fault: Fault): void {
    req.off('data', take)
    req.pause()
    // The request may outlive this for as long as its sender takes no answer.
    chunks.length = 0
    reject(fault)
  }
  req.on('data', take)
  req.once('end', () => resolve(Buffer.concat(chunks, size)))
  req.once('error', (error: unknown) => giveUp(brokenOff(error)))
  req.once('close', () => giveUp(new Fault('client.gone', { detail: 'the request body broke off' })))
  return promise
}

function tooLarge({ says }: BodyLimit): Fault {
  return new Fault('request.too-large', { says })
}
