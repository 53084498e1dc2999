/** A named method and path template of an upstream. Two upstreams of one preset have an object each: it may be a key. */
export interface Operation {
  /** `members.add`: dotted groups, the verb last. */
  readonly name: string
  /** In upper case. */
  readonly method: string
  /** `/api/accounts/{account_id}/members`; a variable stands for exactly one non-empty segment. */
  readonly template: string
  /** What the upstream wants in the token for this operation; empty where it knows no scopes. */
  readonly scopes: readonly string[]
  /** Audience and resources of its tokens, in place of the upstream's. */
  readonly audience?: string | undefined
  readonly resource?: readonly string[] | undefined
  /** May a request that the upstream answered with 401 be sent once more with a new token? */
  readonly replay: 'never' | 'on_401'
  /** Removes or invalidates something that cannot be had back. */
  readonly destructive: boolean
  /** A WebSocket: its handshake is the request, and nothing else is taken for it. */
  readonly websocket?: boolean | undefined
  /** Which of the preset's credential schemes the upstream wants here; its first one when absent. */
  readonly credential?: string | undefined
  /** Query parameters that nobody may send here: what they ask for is not for callers. */
  readonly forbidQuery?: readonly string[] | undefined
}
