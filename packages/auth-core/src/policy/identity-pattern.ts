import type { Identity } from '../identity/identity.ts'
import {
  type ClaimConditions,
  type CompiledClaim,
  claimFits,
  compileClaims,
  exampleClaims,
} from './claim-conditions.ts'
import { compileSubjectPattern, type SubjectPattern } from './subject-pattern.ts'

/** Whose identities are meant: those of one issuer that fit in every point. */
export interface IdentityDefinition {
  /** The issuer's name in the configuration. */
  readonly issuer: string
  /** The subject, or a pattern: see {@link compileSubjectPattern}. Without it, any. */
  readonly subject?: string | undefined
  /** What claims must be, each to the byte. */
  readonly claims?: ClaimConditions | undefined
  /** Not the workflow runs of a pull request (GitHub Actions), who are whoever proposes a change. */
  readonly exceptPullRequests?: boolean | undefined
}

/** An identity as policy compares it: what time has to do with it is not asked. */
export type Comparable = Pick<Identity, 'issuer' | 'subject' | 'claims'>

/** A compiled definition. */
export interface IdentityPattern extends IdentityDefinition {
  /** Without claims: as far as a record of the past can tell. */
  mayMatch(identity: Pick<Identity, 'issuer' | 'subject'>): boolean
  matches(identity: Comparable): boolean
  /** Does it look at anything but issuer and subject? */
  readonly readsClaims: boolean
  /** Its one subject; `undefined` where several fit. */
  readonly exactSubject: string | undefined
  /** Can one identity fit both? `certainly` where whatever fits the narrower one and has the right values does. */
  overlap(other: IdentityPattern): 'never' | 'certainly' | 'perhaps'
  /** For people. */
  readonly spelling: string
  /** An identity that fits. */
  readonly example: Comparable
  /** For {@link overlap} of another. */
  readonly subjectPattern: SubjectPattern | undefined
  readonly compiledClaims: readonly CompiledClaim[]
}

/** Compiles a definition once; patterns are anchored, claims compared to the byte. @throws {TypeError} a flaw in the subject */
export function compileIdentity(definition: IdentityDefinition): IdentityPattern {
  const { issuer, subject, claims = {}, exceptPullRequests = false } = definition
  const subjectPattern = subject === undefined ? undefined : compileSubjectPattern(subject)
  const compiledClaims = compileClaims(claims)
  const mayMatch: IdentityPattern['mayMatch'] = (identity) =>
    identity.issuer === issuer && (subjectPattern?.matches(identity.subject) ?? true)
  return {
    ...definition,
    mayMatch,
    matches: (identity) =>
      mayMatch(identity) &&
      compiledClaims.every((claim) => claimFits(claim, identity.claims)) &&
      !(exceptPullRequests && isOfPullRequest(identity)),
    readsClaims: compiledClaims.length > 0 || exceptPullRequests,
    exactSubject: subjectPattern?.isExact ? subject : undefined,
    overlap: (other) => overlapOf({ issuer, subjectPattern, compiledClaims }, other),
    spelling: spell(definition),
    example: { issuer, subject: subjectPattern?.example ?? 'any', claims: exampleClaims(claims) },
    subjectPattern,
    compiledClaims,
  }
}

type Compared = Pick<IdentityPattern, 'issuer' | 'subjectPattern' | 'compiledClaims'>

/** Apart as soon as one thing that both name has no value in common; nested when one names all that the other does. */
function overlapOf(one: Compared, other: Compared): ReturnType<IdentityPattern['overlap']> {
  if (one.issuer !== other.issuer) return 'never'
  const [subject, others] = [one.subjectPattern, other.subjectPattern]
  if (subject && others && !subject.overlaps(others)) return 'never'
  const byKey = new Map(other.compiledClaims.map((claim) => [claim.key, claim]))
  const shared = one.compiledClaims.filter(({ key }) => byKey.has(key))
  const isApart = ({ key, values }: CompiledClaim) =>
    ![...values].some((value) => byKey.get(key)?.values.has(value))
  if (shared.some(isApart)) return 'never'
  const isWithin = (few: Compared, many: Compared) =>
    shared.length === few.compiledClaims.length && (!few.subjectPattern || many.subjectPattern !== undefined)
  return isWithin(one, other) || isWithin(other, one) ? 'certainly' : 'perhaps'
}

/** GitHub says it in `event_name`; where the subject is not made of it, also there. */
function isOfPullRequest({ subject, claims }: Comparable): boolean {
  const { event_name: event, ref } = claims
  return (
    (typeof event === 'string' && event.startsWith('pull_request')) ||
    (typeof ref === 'string' && ref.startsWith('refs/pull/')) ||
    subject.split(':').includes('pull_request')
  )
}

function spell({ issuer, subject, claims }: IdentityDefinition): string {
  const whose = subject ?? 'any subject'
  return claims === undefined
    ? `${whose} of ${issuer}`
    : `${whose} of ${issuer} with ${JSON.stringify(claims)}`
}
