import { Fault } from '../fault.ts'
import type { Identity } from '../identity/identity.ts'
import { quoted } from '../identity/quoted.ts'
import type { Comparable, IdentityPattern } from './identity-pattern.ts'

/** Someone who is recognised by identities. */
export interface Owner {
  readonly name: string
  readonly identities: readonly IdentityPattern[]
}

/** Finds whose an identity is. */
export interface IdentityIndex<T extends Owner> {
  /**
   * Whose this identity is; `undefined` for a stranger's.
   *
   * @throws {Fault} `identity.ambiguous` of two at once
   */
  ownerOf(identity: Comparable): T | undefined
  /** Whose it may be, as far as issuer and subject tell, and whether claims could say otherwise. */
  candidates(identity: Pick<Identity, 'issuer' | 'subject'>): readonly { owner: T; readsClaims: boolean }[]
}

/**
 * Makes an index. An identity whose subject is written out is found by a look-up, however many there are; those
 * that go by patterns and claims are tried one by one, and the outcome is remembered with the identity, which a
 * caller keeps as long as its token is remembered.
 */
export function createIdentityIndex<T extends Owner>(owners: Iterable<T>): IdentityIndex<T> {
  const byIssuer = new Map<string, Entries<T>>()
  for (const owner of owners) {
    for (const pattern of owner.identities) {
      const entries: Entries<T> = byIssuer.get(pattern.issuer) ?? {
        certain: new Map(),
        exact: new Map(),
        others: [],
      }
      byIssuer.set(pattern.issuer, entries)
      const { exactSubject } = pattern
      if (exactSubject === undefined) entries.others.push({ owner, pattern })
      else entries.exact.set(exactSubject, [...(entries.exact.get(exactSubject) ?? []), { owner, pattern }])
    }
  }
  for (const entries of byIssuer.values()) {
    if (entries.others.length > 0) continue
    for (const [subject, [first, ...others]] of entries.exact)
      if (first && others.length === 0 && !first.pattern.readsClaims)
        entries.certain.set(subject, first.owner)
  }
  const remembered = new WeakMap<Comparable, T | typeof nobody>()

  function ownerOf(identity: Comparable): T | undefined {
    const entries = byIssuer.get(identity.issuer)
    if (entries === undefined) return undefined
    const certain = entries.certain.get(identity.subject)
    if (certain !== undefined) return certain
    const known = remembered.get(identity)
    if (known !== undefined) return known === nobody ? undefined : known
    const owner = onlyOwner(identity, [...(entries.exact.get(identity.subject) ?? none), ...entries.others])
    remembered.set(identity, owner ?? nobody)
    return owner
  }

  function candidates(identity: Pick<Identity, 'issuer' | 'subject'>) {
    const entries = byIssuer.get(identity.issuer)
    const all: readonly Entry<T>[] = entries
      ? [...(entries.exact.get(identity.subject) ?? none), ...entries.others]
      : none
    return all
      .filter(({ pattern }) => pattern.mayMatch(identity))
      .map(({ owner, pattern }) => ({ owner, readsClaims: pattern.readsClaims }))
  }
  return { ownerOf, candidates }
}

interface Entry<T> {
  readonly owner: T
  readonly pattern: IdentityPattern
}

interface Entries<T> {
  /** Whose a subject is whatever else the identity says: found in one look-up, among however many. */
  readonly certain: Map<string, T>
  readonly exact: Map<string, readonly Entry<T>[]>
  readonly others: Entry<T>[]
}

const none: readonly never[] = []
const nobody = Symbol('nobody')

function onlyOwner<T extends Owner>(identity: Comparable, entries: readonly Entry<T>[]): T | undefined {
  const owners = new Set(entries.filter(({ pattern }) => pattern.matches(identity)).map(({ owner }) => owner))
  const [owner, ...others] = owners
  if (others.length === 0) return owner
  const names = [...owners].map(({ name }) => name).join(', ')
  throw new Fault('identity.ambiguous', { detail: `${quoted(identity.subject)} is each of: ${names}` })
}
