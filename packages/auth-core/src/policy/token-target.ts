import type { TokenRequest } from './grant.ts'
import type { Operation } from './operation.ts'

/** Whom a token is for: its audience, and the resources it is asked for (RFC 8707). */
export type TokenTarget = Pick<TokenRequest, 'audience' | 'resource'>

/** What a rule or an upstream says of it. */
export interface TargetParts {
  readonly audience?: string | undefined
  readonly resource?: readonly string[] | undefined
}

/** What these operations' tokens are for: what the operations say, and else what the upstream does. */
export function targetOf(operations: Iterable<Operation>, upstream: TargetParts): TokenTarget {
  const [first] = operations
  return {
    audience: first?.audience ?? upstream.audience,
    resource: first?.resource ?? upstream.resource ?? [],
  }
}

/** Do these operations want tokens for different ones, so that no single token serves them all? */
export function haveSeveralTargets(operations: Iterable<Operation>): boolean {
  const targets = [...operations].map(({ audience, resource }) => JSON.stringify([audience, resource]))
  return new Set(targets).size > 1
}
