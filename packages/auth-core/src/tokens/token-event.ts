import type { FaultCode } from '../fault.ts'
import type { GrantDifference } from './compare-grant.ts'

/** What a token source did, for metrics and logs. Every value but `difference` comes from a small, closed set. */
export type TokenEvent =
  | {
      /** A request to the token endpoint is over. */
      readonly type: 'mint'
      readonly upstream: string
      readonly result: 'ok' | FaultCode
      /** `call`: nobody had one; `refresh`: ahead of expiry, nobody waits; `replace`: the upstream refused one; `rotate`: the credential changed. */
      readonly reason: MintReason
      readonly durationMs: number
    }
  | {
      /**
       * What became of a changed credential. `adopted`: it got a token and serves; `refused`: it got none, and
       * the one before it serves on; `fallback`: it worked once and is refused now, the one before it serves again.
       */
      readonly type: 'credential'
      readonly upstream: string
      readonly result: 'adopted' | 'refused' | 'fallback'
      /** Why not; never quotes a secret. */
      readonly detail?: string | undefined
    }
  | {
      /** How a call came by its token. `refresh`: from cache, and the next one is being fetched. */
      readonly type: 'cache'
      readonly upstream: string
      readonly result: 'hit' | 'miss' | 'shared' | 'refresh' | 'failure-remembered'
    }
  | {
      /** What became of a token that the upstream refused. */
      readonly type: 'replace'
      readonly upstream: string
      readonly result: 'minted' | 'shared' | 'replaced-already' | 'failure-remembered' | 'budget-spent'
    }
  | {
      /** How many calls wait for the token endpoint now. */
      readonly type: 'waiters'
      readonly upstream: string
      readonly waiting: number
    }
  | {
      /** The token is not quite the one that was asked for; with `strict` it was refused. */
      readonly type: 'granted-differs'
      readonly upstream: string
      readonly difference: GrantDifference
    }

/** Why the token endpoint was asked. */
export type MintReason = 'call' | 'refresh' | 'replace' | 'rotate'
