import type { ClaimConditions, IdentityDefinition, IssuerKind } from '@countersign/auth-core'
import type { z } from 'zod'
import type { identitySchema } from './schema/identity.ts'

/** An identity as it was parsed. */
export type ParsedIdentity = z.output<typeof identitySchema>

/** An identity as policy compares it; `kind` is that of its issuer. */
export function buildIdentity(parsed: ParsedIdentity, kind: IssuerKind | undefined): IdentityDefinition {
  const { issuer, subject, uid, claims } = parsed
  const conditions = uid === undefined ? claims : { ...claims, ...boundTo(uid) }
  const exceptPullRequests = kind === 'github-actions' && claims?.event_name === undefined
  return Object.freeze({
    issuer,
    ...(subject !== undefined && { subject }),
    ...(conditions && { claims: conditions }),
    ...(exceptPullRequests && { exceptPullRequests }),
  })
}

/** Where a service-account token holds the uid. */
function boundTo(uid: string): ClaimConditions {
  return { 'kubernetes.io': { serviceaccount: { uid } } }
}
