import type { Condition } from '@countersign/auth-core'

/** What a condition can read that the audit record does not hold. */
export type MissingFact = 'body' | 'headers' | 'query' | 'claims' | 'path'

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
