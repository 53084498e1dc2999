/**
 * Which way a change goes. `unclear`: it cannot be shown that nothing is gained, so it counts as a gain.
 * `same`: written differently, to the same effect.
 */
export type Direction = 'gained' | 'unclear' | 'lost' | 'same'

/** What a change is about. */
export type ChangeKind =
  | 'operation'
  | 'scopes'
  | 'audience'
  | 'condition'
  | 'limit'
  | 'mode'
  | 'rules'
  | 'route'
  | 'identity'
  | 'release'

/** One difference between two policies, for one service. Plain data, ready for JSON. */
export interface PolicyChange {
  readonly direction: Direction
  readonly kind: ChangeKind
  readonly service: string
  /** `null` for a change of the service as such. */
  readonly upstream: string | null
  readonly operation: string | null
  /** The operation cannot be undone. */
  readonly destructive: boolean
  /** In words; `null` where there was nothing. */
  readonly before: string | null
  readonly after: string | null
  /** Scopes, or audiences and resources: which of them are gained or lost. Absent for every other kind. */
  readonly items?: readonly string[]
  /** `file:line:column` of the rule or the service: in the new policy, or in the old one for what is gone. */
  readonly position: string | null
}

/** Does a change need a person to say yes? */
export function needsConsent({ direction }: Pick<PolicyChange, 'direction'>): boolean {
  return direction === 'gained' || direction === 'unclear'
}
