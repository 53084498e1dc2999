/** What an {@link UpstreamError} is made of. */
export interface UpstreamErrorFacts {
  readonly status: number
  /** Parsed where it is JSON, else the text. At most 64 KiB of it. */
  readonly body: unknown
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined
  /** `POST /inbox-manager/api/accounts`, without the query. */
  readonly call: string
  /** Default: it answered with a status that is not a success. */
  readonly flaw?: string
}

/**
 * The call was made, and the upstream itself answered with something other than success (or with a success
 * that cannot be read). The gateway passes such an answer through untouched: `status` and `body` mean what
 * the upstream's own documentation says.
 */
export class UpstreamError extends Error {
  readonly status: number
  /** As the upstream sent it: parsed where it is JSON, else its text. Not in the message: it may be personal. */
  readonly body: unknown
  /** The id under which the gateway recorded the request. */
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(facts: UpstreamErrorFacts) {
    super(explain(facts))
    this.name = 'UpstreamError'
    this.status = facts.status
    this.body = facts.body
    this.requestId = facts.requestId
    this.retryAfterSeconds = facts.retryAfterSeconds
  }
}

function explain({ call, status, flaw, requestId }: UpstreamErrorFacts): string {
  const answered = `${call}: the upstream answered ${status}${flaw === undefined ? '' : ` ${flaw}`}.`
  // Every answer of the gateway carries an id, so one without may come from a load balancer on the way.
  return requestId === undefined
    ? `${answered} No request id: it may not have come through the gateway at all.`
    : `${answered} Request id: ${requestId}.`
}
