import type { FaultCode } from '@countersign/auth-core'

/** What a consumer needs of the gateway: one interaction of its contract, as policy sees it. */
export interface Need {
  readonly consumer: string
  /** What must be so; with the description it names the interaction in the pact. */
  readonly states: readonly string[]
  readonly description: string
  readonly request: NeededRequest
  /** Which service calls, where the interaction says so; otherwise the consumer is one. */
  readonly service: string | undefined
  /** What the interaction says to be in the caller's token. */
  readonly claims: Readonly<Record<string, unknown>>
  readonly wants: Wanted
}

/** The example of a request. */
export interface NeededRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body: string | undefined
}

/**
 * What has to become of it. `allowed`: it goes through, whatever happens then. `refused`: by routing or policy,
 * with that code. `unasked`: it ends before policy is asked, or is none of its business.
 */
export type Wanted =
  | { readonly outcome: 'allowed' }
  | { readonly outcome: 'refused'; readonly code: FaultCode }
  | { readonly outcome: 'unasked'; readonly why: string }

/** A need by the words that name it in the pact. */
export function nameOf({ states, description }: Need): string {
  return [...states, description].filter((part) => part !== '').join(' / ')
}
