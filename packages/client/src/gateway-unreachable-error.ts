/** Failures that come before the first byte of a request is sent. */
const beforeSending = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

/**
 * There was no answer: no connection, a connection that broke, or the time was over. `cause` is what the
 * transport said.
 */
export class GatewayUnreachableError extends Error {
  /**
   * `false` when the request certainly never left: it is safe to send again. `true` when that is unknown; ask
   * the gateway's record before repeating something that must not happen twice.
   */
  readonly maybeSent: boolean

  constructor(call: string, what: string, options: ErrorOptions = {}) {
    const code = codeOf(options.cause)
    const maybeSent = code === undefined || !beforeSending.has(code)
    const sent = maybeSent ? 'It is not known whether the call was made.' : 'The call was not made.'
    super(`${call}: ${what}${code === undefined ? '' : ` (${code})`}. ${sent}`, options)
    this.name = 'GatewayUnreachableError'
    this.maybeSent = maybeSent
  }
}

/** Node's `fetch` wraps: `TypeError: fetch failed`, whose cause has the code of the system call. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  return 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error.cause)
}
