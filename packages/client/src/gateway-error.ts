import type { FaultCode, Owner, Problem } from '@countersign/auth-core/client'

/** Who that is, for someone who has never seen the gateway's configuration. */
const whoActs: Readonly<Record<Owner, string>> = {
  caller: 'this service, or its rule in the policy of the gateway',
  operator: 'the team that operates the gateway',
  issuer: 'whoever operates the identity issuer (the cluster, the OIDC provider)',
  upstream: 'the upstream',
  gateway: 'the gateway itself: a defect, to be reported with the request id',
}

/** What a {@link GatewayError} is made of. */
export interface GatewayErrorFacts {
  readonly problem: Problem
  readonly status: number
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined
  /** `POST /inbox-manager/api/accounts`, without the query. */
  readonly call: string
}

/**
 * The gateway itself answered, and not the upstream: the call was refused or could not be made. Branch on
 * `code`; show `message`, which says what was called, what went wrong, who can mend it, and the request id
 * under which the gateway recorded it.
 */
export class GatewayError extends Error {
  /** Stable. An open string: a gateway may be newer than this client. */
  readonly code: FaultCode | (string & {})
  /** Who has to act for it to go away. */
  readonly owner: Owner
  readonly status: number
  /** The id under which the gateway recorded the request. */
  readonly requestId: string | undefined
  /** After how many seconds another try makes sense, where the gateway said so. */
  readonly retryAfterSeconds: number | undefined
  readonly problem: Problem

  constructor(facts: GatewayErrorFacts) {
    super(explain(facts))
    this.name = 'GatewayError'
    this.code = facts.problem.code
    this.owner = facts.problem.owner
    this.status = facts.status
    this.requestId = facts.requestId
    this.retryAfterSeconds = facts.retryAfterSeconds
    this.problem = facts.problem
  }
}

function explain({ problem, status, requestId, retryAfterSeconds, call }: GatewayErrorFacts): string {
  return [
    `${call}: the gateway answered ${status} ${problem.code}.`,
    // One that ends in a command to run has no full stop of its own.
    problem.detail.replace(/\w$/, '$&.'),
    `To act: ${whoActs[problem.owner]}.`,
    ...(retryAfterSeconds === undefined ? [] : [`Worth another try after ${retryAfterSeconds} s.`]),
    `Request id: ${requestId ?? 'none'}.`,
  ].join(' ')
}
