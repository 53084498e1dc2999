import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import type { RefusalReason } from '@countersign/auth-core'

/** An upstream's answer, handed on but for its end: the record is written before the last byte leaves. */
export interface Answer {
  readonly status: number
  /** Bytes of the body. */
  readonly bytes: number
  /** Sends what was held back. Until then the caller's message is not complete. */
  end(): void
}

/** An answer that was about the gateway's own credential. Nothing of it reached the caller. */
export interface Refusal {
  readonly refused: RefusalReason
}

/** A connection that speaks another protocol from here on, as was asked for. */
export interface Switched {
  readonly headers: IncomingHttpHeaders
  readonly socket: Duplex
}
