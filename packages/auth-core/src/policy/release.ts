import type { Condition } from './condition/compile-condition.ts'
import type { ConditionProblem } from './condition/condition-problem.ts'
import { spellExpression } from './condition/spell-expression.ts'
import type { Operation } from './operation.ts'

/** What a rule with `release: token` hands out. */
export interface Release {
  /** Stands for the release in grant and record, as an operation does for a call. */
  readonly operation: Operation
  /** A token that the vendor lets live longer is not handed out. */
  readonly maxLifetimeSeconds: number
}

/** A token request (RFC 8693 2.1), as the operation that it is. */
export const releaseOperation: Operation = Object.freeze({
  name: 'token.release',
  method: 'POST',
  template: '/oauth2/token',
  scopes: [],
  replay: 'never',
  destructive: false,
})

/** The release of a rule, with the credential scheme that its operations share. */
export function releaseOf(
  { maxLifetimeSeconds }: { readonly maxLifetimeSeconds: number },
  operations: ReadonlySet<Operation>,
): Release {
  const [first] = operations
  return { operation: { ...releaseOperation, credential: first?.credential }, maxLifetimeSeconds }
}

/**
 * A released token is used where nobody looks at requests: a condition on one would promise what it cannot
 * keep. What remains to be asked is who wants the token, and when.
 */
export function unseenByRelease({ reads }: Condition): readonly ConditionProblem[] {
  const seen = reads.places.map(spellExpression).filter((place) => place.startsWith('request'))
  if (seen.length === 0) return []
  return [
    {
      message: `reads ${seen.join(', ')}, and a released token is used where no request is seen`,
      hint: 'ask for identity and now only, or leave `release` out',
    },
  ]
}
