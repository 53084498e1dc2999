import { type ClaimConditions, parseSpiffeId } from '@countersign/auth-core'
import type { ParsedIdentity } from './build-identity.ts'
import type { ParsedIssuer } from './build-issuer.ts'

/** What is wrong with an identity, at which of its keys. */
export interface IdentityFlaw {
  readonly key: keyof ParsedIdentity | undefined
  readonly message: string
  readonly hint: string
}

/** What keeps an identity from meaning one workload of this issuer. */
export function identityFlaw(
  identity: ParsedIdentity,
  issuer: ParsedIssuer | undefined,
): IdentityFlaw | undefined {
  const { subject, uid, claims } = identity
  if (subject === undefined && claims === undefined) {
    return flaw(undefined, 'is everybody of its issuer', 'add subject, or claims, or both')
  }
  if (claims !== undefined && hasEmptyMap(claims)) {
    return flaw('claims', 'has an empty map, which every token fits', 'say what must be in it, or remove it')
  }
  if (uid !== undefined && (issuer?.kind !== 'kubernetes' || claims?.['kubernetes.io'] !== undefined)) {
    return flaw('uid', 'has no place here', 'it is for Kubernetes, in place of the claim; others: use claims')
  }
  if (issuer?.kind === 'kubernetes') return kubernetesFlaw(identity)
  if (issuer?.kind === 'spiffe') return spiffeFlaw(identity, issuer.trust_domain)
  return issuer?.kind === 'github-actions' ? githubFlaw(identity) : undefined
}

/** Nothing is asked by it; whoever leaves it behind may think otherwise. */
function hasEmptyMap(conditions: ClaimConditions): boolean {
  const maps = Object.values(conditions).filter(isMap)
  return Object.keys(conditions).length === 0 || maps.some(hasEmptyMap)
}

function isMap(condition: ClaimConditions[string]): condition is ClaimConditions {
  return typeof condition === 'object' && !Array.isArray(condition)
}

function kubernetesFlaw({ subject }: ParsedIdentity): IdentityFlaw | undefined {
  if (subject !== undefined && /^system:serviceaccount:[^:/]+:[^:/]+$/.test(subject)) return undefined
  return flaw(
    'subject',
    'is no service account',
    'write system:serviceaccount:NAMESPACE:NAME; "*" for NAME is every account of the namespace',
  )
}

function spiffeFlaw({ subject }: ParsedIdentity, trustDomain: string): IdentityFlaw | undefined {
  const id = parseSpiffeId((subject ?? '').replaceAll('*', 'any'))
  if (id !== undefined && id.path !== '' && id.trustDomain === trustDomain) return undefined
  const hint = `write the SPIFFE ID: spiffe://${trustDomain}/…; "*" stands for one whole segment`
  return flaw('subject', 'is no workload of this issuer’s trust domain', hint)
}

/**
 * A name at GitHub can be given up and taken by somebody else, an id cannot. An owner's id alone would let in
 * whatever workflow anyone writes into any repository of the owner.
 */
function githubFlaw({ claims = {} }: ParsedIdentity): IdentityFlaw | undefined {
  const { repository_id: repository, repository_owner_id: owner, job_workflow_ref: workflow } = claims
  if (repository === undefined && (owner === undefined || workflow === undefined)) {
    return flaw(
      'claims',
      'names no repository by its id',
      'add repository_id: "…" (gh api repos/OWNER/NAME --jq .id), or repository_owner_id and job_workflow_ref',
    )
  }
  const values = Object.values(claims).flat()
  if (values.every((value) => typeof value === 'string')) return undefined
  return flaw('claims', 'has a value that is no text, and GitHub’s claims all are', 'put it into quotes')
}

function flaw(key: IdentityFlaw['key'], message: string, hint: string): IdentityFlaw {
  return { key, message, hint }
}
