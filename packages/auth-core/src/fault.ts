/** Who has to act for a fault to go away. */
export type Owner = 'caller' | 'operator' | 'issuer' | 'upstream' | 'gateway'

/** The closed set of things that can go wrong with a request. A code, once published, keeps its meaning. */
export type FaultCode =
  | 'identity.missing'
  | 'identity.malformed'
  | 'identity.untrusted-issuer'
  | 'identity.expired'
  | 'identity.refused'
  | 'identity.ambiguous'
  | 'identity.keys-unavailable'
  | 'request.malformed'
  | 'request.too-large'
  | 'request.expectation'
  | 'request.timeout'
  | 'request.unsupported'
  | 'route.unknown'
  | 'route.method'
  | 'policy.refused'
  | 'policy.scope'
  | 'policy.rate-limited'
  | 'exchange.grant-type'
  | 'exchange.subject-token'
  | 'exchange.target'
  | 'exchange.unreleasable'
  | 'mint.refused'
  | 'mint.unavailable'
  | 'mint.invalid-response'
  | 'mint.rejected-by-upstream'
  | 'mint.audience-unknown'
  | 'audit.unavailable'
  | 'upstream.unreachable'
  | 'upstream.timeout'
  | 'upstream.invalid-response'
  | 'upstream.aborted'
  | 'upstream.credential-refused'
  | 'upstream.overloaded'
  | 'upstream.circuit-open'
  | 'webhook.refused'
  | 'webhook.repeated'
  | 'webhook.undeliverable'
  | 'client.gone'
  | 'gateway.exhausted'
  | 'gateway.unexpected'

/** What is fixed for a code: its owner, and the sentence that a caller may read. */
export interface FaultKind {
  readonly owner: Owner
  readonly says: string
}

const badCredential = 'The credential is missing, malformed or not accepted here.'

/** Every code, its owner and its public sentence. */
export const faultKinds: Readonly<Record<FaultCode, FaultKind>> = {
  // One sentence for all of them: a caller learns that it failed, an attacker does not learn how far it got.
  'identity.missing': { owner: 'caller', says: badCredential },
  'identity.malformed': { owner: 'caller', says: badCredential },
  'identity.untrusted-issuer': { owner: 'caller', says: badCredential },
  'identity.expired': { owner: 'caller', says: badCredential },
  'identity.refused': { owner: 'caller', says: badCredential },
  'identity.ambiguous': {
    owner: 'operator',
    says: 'This identity is that of more than one service of this gateway.',
  },
  'identity.keys-unavailable': {
    owner: 'issuer',
    says: 'The keys of the identity issuer cannot be obtained at the moment.',
  },
  'request.malformed': { owner: 'caller', says: 'The request is malformed or ambiguous.' },
  'request.too-large': { owner: 'caller', says: 'The request is larger than this gateway accepts.' },
  'request.expectation': { owner: 'caller', says: 'This expectation cannot be met.' },
  'request.timeout': { owner: 'caller', says: 'The request did not arrive in time.' },
  'request.unsupported': { owner: 'caller', says: 'This gateway does not do that.' },
  'route.unknown': { owner: 'caller', says: 'There is no such upstream or operation.' },
  'route.method': { owner: 'caller', says: 'This path does not offer that method.' },
  'policy.refused': { owner: 'caller', says: 'This service may not call that operation.' },
  'policy.scope': { owner: 'caller', says: 'This service may not use that scope.' },
  'policy.rate-limited': { owner: 'caller', says: 'This service calls that operation too often.' },
  'exchange.grant-type': { owner: 'caller', says: 'The one grant_type here is token exchange (RFC 8693).' },
  'exchange.subject-token': { owner: 'caller', says: 'The subject_token is not accepted here.' },
  'exchange.target': {
    owner: 'caller',
    says: 'No token for this target: name one upstream by resource or audience whose token a rule releases.',
  },
  'exchange.unreleasable': {
    owner: 'operator',
    says: "The upstream's token lives longer or can do more than the rule lets out of the gateway.",
  },
  'mint.refused': {
    owner: 'operator',
    says: "The upstream's token endpoint refuses the gateway's own credential.",
  },
  'mint.unavailable': { owner: 'upstream', says: "The upstream's token endpoint does not answer." },
  'mint.invalid-response': {
    owner: 'upstream',
    says: "The upstream's token endpoint gives answers that cannot be used.",
  },
  'mint.rejected-by-upstream': {
    owner: 'upstream',
    says: 'The upstream refuses the token that its own token endpoint issued.',
  },
  'mint.audience-unknown': {
    owner: 'operator',
    says: 'No audience is known that the admin API of this upstream accepts.',
  },
  'audit.unavailable': { owner: 'operator', says: 'The call cannot be recorded and was not made.' },
  'upstream.unreachable': { owner: 'upstream', says: 'The upstream cannot be reached.' },
  'upstream.timeout': { owner: 'upstream', says: 'The upstream did not answer in time.' },
  'upstream.invalid-response': {
    owner: 'upstream',
    says: 'The upstream gave an answer that is not valid HTTP.',
  },
  'upstream.aborted': { owner: 'upstream', says: 'The upstream broke off its answer.' },
  'upstream.credential-refused': {
    owner: 'operator',
    says: "The upstream refuses the gateway's own credential.",
  },
  'upstream.overloaded': { owner: 'upstream', says: 'Too many calls to this upstream wait already.' },
  'upstream.circuit-open': {
    owner: 'upstream',
    says: 'The upstream failed too often in a row and is left alone for a moment.',
  },
  'webhook.refused': { owner: 'caller', says: 'This delivery is not signed as it should be, or too old.' },
  'webhook.repeated': { owner: 'caller', says: 'This delivery has been taken already.' },
  'webhook.undeliverable': {
    owner: 'operator',
    says: 'The service that this delivery is for did not take it.',
  },
  'client.gone': { owner: 'caller', says: 'The caller went away before the answer was complete.' },
  'gateway.exhausted': {
    owner: 'operator',
    says: 'The gateway can open no more connections at the moment.',
  },
  'gateway.unexpected': { owner: 'gateway', says: 'The gateway failed in a way it did not expect.' },
}

/** What a single fault adds to its kind. */
export interface FaultOptions {
  /** For the operator: logs and the audit line. Never sent to a caller, never holds a secret. */
  readonly detail?: string
  /** For the caller, in place of the sentence of the code. */
  readonly says?: string
  readonly cause?: unknown
  /** Seconds after which another try makes sense; becomes `Retry-After` (RFC 9110 10.2.3). */
  readonly retryAfterSeconds?: number
  /** Methods that the path offers; becomes `Allow` (RFC 9110 10.2.1). */
  readonly allow?: readonly string[]
  /** The limit that was hit; becomes `RateLimit` and `RateLimit-Policy`. */
  readonly rateLimit?: RateLimitState
}

/** A limit and how much of it is left: the terms of draft-ietf-httpapi-ratelimit-headers-10. */
export interface RateLimitState {
  /** Calls in a window. */
  readonly calls: number
  readonly windowSeconds: number
  readonly remaining: number
  readonly resetSeconds: number
}

/** Something that went wrong with a request, in a form that the record and the caller can both read. */
export class Fault extends Error {
  readonly code: FaultCode
  readonly owner: Owner
  readonly says: string
  readonly detail: string | undefined
  readonly retryAfterSeconds: number | undefined
  readonly allow: readonly string[] | undefined
  readonly rateLimit: RateLimitState | undefined

  constructor(code: FaultCode, options: FaultOptions = {}) {
    super(options.detail ?? code, { cause: options.cause })
    this.name = 'Fault'
    this.code = code
    this.owner = faultKinds[code].owner
    this.says = options.says ?? faultKinds[code].says
    this.detail = options.detail
    this.retryAfterSeconds = options.retryAfterSeconds
    this.allow = options.allow
    this.rateLimit = options.rateLimit
  }

  /** Anything that was thrown, as a fault: a fault stays itself, the unknown is `gateway.unexpected`. */
  static from(error: unknown): Fault {
    if (error instanceof Fault) return error
    const detail = error instanceof Error ? error.message : 'a value that is not an Error was thrown'
    return new Fault('gateway.unexpected', { cause: error, detail })
  }
}
