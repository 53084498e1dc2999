import type { Identity } from '../identity/identity.ts'
import type { JudgedBody } from './judge-body.ts'
import type { Operation } from './operation.ts'

/** What policy is asked: may this identity make this request? Everything that a decision can depend on. */
export interface Question {
  readonly identity: Identity
  readonly upstream: string
  readonly operation: Operation
  /** As sent: HEAD where an operation for GET serves it. */
  readonly method: string
  /** The path below the upstream's base, in decoded segments, as the route was found with. */
  readonly segments: readonly string[]
  /** The query as sent, with or without its `?`. */
  readonly query: string
  /** Names and values in turn, as `rawHeaders` of node: nothing joined, nothing dropped. */
  readonly headers: readonly string[]
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  /** The body, once a rule has asked for it. */
  readonly body?: JudgedBody | undefined
  /** Asks for the upstream's token itself, with these scopes or, without any, with those of the rule. */
  readonly release?: { readonly scopes: readonly string[] } | undefined
}
