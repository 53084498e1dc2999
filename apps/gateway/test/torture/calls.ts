import { Pool } from 'undici'
import type { Planned, Subject } from './traffic.ts'

/** What a caller got. */
export type Outcome =
  | {
      readonly kind: 'answer'
      readonly status: number
      /** The gateway says that it is its own answer. */
      readonly isOwn: boolean
      readonly requestId: string | undefined
      readonly body: Readonly<Record<string, unknown>>
    }
  /** The message or the connection ended early. */
  | { readonly kind: 'broken'; readonly why: string }
  /** The caller hung up as planned. */
  | { readonly kind: 'hung-up' }

/** Makes calls to one gateway process. */
export interface Calls {
  make(planned: Planned): Promise<Outcome>
  close(): Promise<void>
}

/** Calls the gateway at this port, with the credential of each subject. */
export function createCalls(port: number, credentialOf: (subject: Subject) => Promise<string>): Calls {
  const pool = new Pool(`http://127.0.0.1:${port}`, {
    connections: 256,
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  })

  async function make(planned: Planned): Promise<Outcome> {
    const { id, subject, method, target, body, hangUpMs } = planned
    const authorization = `Bearer ${await credentialOf(subject)}`
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const signal = hangUpMs === undefined ? undefined : AbortSignal.timeout(hangUpMs)
    try {
      const answer = await pool.request({
        method,
        path: target,
        headers: { authorization, 'x-request-id': id, ...type },
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
      })
      const { headers, statusCode: status } = answer
      const content = parsed(await answer.body.text())
      const isOwn = String(headers['proxy-status'] ?? '').startsWith('countersign')
      const requestId = typeof headers['x-request-id'] === 'string' ? headers['x-request-id'] : undefined
      return { kind: 'answer', status, isOwn, requestId, body: content }
    } catch (error) {
      if (signal?.aborted) return { kind: 'hung-up' }
      return { kind: 'broken', why: String(error) }
    }
  }
  return { make, close: () => pool.destroy() }
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return { text }
  }
}
