import { Fault } from '@countersign/auth-core'
import { Agent, request } from 'undici'

/** A verified delivery on its way to the service that wants it. */
export interface HandedOn {
  readonly url: string
  /** Milliseconds until the service must have answered, connecting included. */
  readonly timeoutMs: number
  readonly body: Buffer
  readonly contentType: string | undefined
  readonly assertion: string
  readonly requestId: string
}

/** Of connecting no bound that is less than `webhook.timeout` may be. */
const dispatcher = new Agent({ connect: { timeout: 60_000 }, maxHeaderSize: 32 * 1024 })

/**
 * Hands a delivery on, byte for byte, with the gateway's assertion as its credential.
 *
 * @throws {Fault} `webhook.undeliverable` unless the service answered 2xx in time
 */
export async function handOn(handedOn: HandedOn): Promise<void> {
  const { url, timeoutMs, body, contentType, assertion, requestId } = handedOn
  const status = await send()
  if (status < 200 || status >= 300) {
    throw new Fault('webhook.undeliverable', { detail: `the receiving service answered ${status}` })
  }

  async function send(): Promise<number> {
    try {
      const answer = await request(url, {
        dispatcher,
        method: 'POST',
        body,
        headers: {
          authorization: `Bearer ${assertion}`,
          'content-type': contentType ?? 'application/octet-stream',
          'x-request-id': requestId,
        },
        signal: AbortSignal.timeout(timeoutMs),
      })
      // Its status is all that counts; what it says is not for the vendor.
      answer.body.on('error', () => {}).destroy()
      return answer.statusCode
    } catch (cause) {
      throw new Fault('webhook.undeliverable', { cause, detail: 'the receiving service did not answer' })
    }
  }
}
