import type { Condition } from '@countersign/auth-core'

/**
 * What policy can look at and the audit record does not hold; `target` and `scopes`: what a token request that was
 * refused asked for, on older lines and where that was too long.
 */
export type MissingFact = 'body' | 'headers' | 'query' | 'claims' | 'path' | 'target' | 'scopes'

/**
 * What a condition would need and the record does not hold.
 *
 * @param hasPath whether the recorded path is the one that was sent
 */
export function missingFacts({ reads, part }: Condition, hasPath: boolean): readonly MissingFact[] {
  const places = reads.places.map((node) => part(node).source)
  const facts: readonly (readonly [MissingFact, boolean])[] = [
    ['body', reads.body],
    ['headers', reads.headers.size > 0],
    ['query', reads.query.size > 0],
    ['claims', places.some((place) => place.startsWith('identity') && !recorded.test(place))],
    ['path', reads.path.size > 0 && !hasPath],
  ]
  return facts.filter(([, isMissing]) => isMissing).map(([fact]) => fact)
}

const recorded = /^identity\.(issuer|subject|service)$/
