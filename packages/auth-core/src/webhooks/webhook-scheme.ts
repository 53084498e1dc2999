/** How an upstream signs what it delivers: an HMAC-SHA256 in hexadecimal over a text that is built of these parts. */
export interface WebhookScheme {
  /** Field that carries the signature, in lower case. */
  readonly signature: string
  /** What may stand before the hexadecimal digits. The empty text means: nothing has to. */
  readonly prefixes: readonly string[]
  /** Field that carries the time of sending, in lower case, and its unit. */
  readonly timestamp: { readonly field: string; readonly unit: 'seconds' | 'milliseconds' }
  /** The signed text: `{timestamp}` as it was sent, `{body}` to the byte. */
  readonly signed: string
  /** Field that names the delivery, in lower case; where there is none, the signature stands for it. */
  readonly delivery?: string | undefined
  /** Field that names the event, in lower case. */
  readonly event?: string | undefined
  /** Query parameter of the handshake, answered with its own value as text/plain. */
  readonly validation?: string | undefined
}
