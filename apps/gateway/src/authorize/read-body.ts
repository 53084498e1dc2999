import type { IncomingMessage } from 'node:http'
import { Fault, maxJudgedBytes } from '@countersign/auth-core'
import { assertUnbroken } from '../edge/broken-body.ts'
import { assertStillThere, brokenOff } from '../edge/still-there.ts'
import { grown } from '../forward/grown.ts'
import { hasBody } from '../forward/request-body.ts'

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
  // Node has ended such a request before anyone sees it, and never says so again.
  if (req.readableEnded && !hasBody(req)) return nothing
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  if (Number(req.headers['content-length'] ?? 0) > limit.maxBytes) throw tooLarge(limit)
  let held: Buffer = nothing
  let size = 0
  function take(chunk: Buffer): void {
    const end = size + chunk.length
    if (end > limit.maxBytes) giveUp(tooLarge(limit))
    // Most bodies come in one piece.
    else if (size === 0) held = chunk
    else {
      held = grown(held, end, limit.maxBytes)
      chunk.copy(held, size)
    }
    size = end
  }
  function giveUp(fault: Fault): void {
    req.off('data', take)
    req.pause()
    // The request may outlive this for as long as its sender takes no answer.
    held = nothing
    reject(fault)
  }
  req.on('data', take)
  req.once('end', () => resolve(held.subarray(0, size)))
  req.once('error', (error: unknown) => giveUp(brokenOff(error)))
  req.once('close', () => giveUp(new Fault('client.gone', { detail: 'the request body broke off' })))
  return promise
}

const nothing = Buffer.alloc(0)

function tooLarge({ says }: BodyLimit): Fault {
  return new Fault('request.too-large', { says })
}
