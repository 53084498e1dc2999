import type { IdentityDefinition } from '@countersign/auth-core'
import type { IssuerConfig } from '../config/loaded-config.ts'

/** An identity that a service could have, in the form that the first issuer asks for. To be replaced by its own. */
export function exampleIdentity(
  service: string,
  issuers: ReadonlyMap<string, IssuerConfig>,
): IdentityDefinition {
  const [first] = issuers.values()
  const { name: issuer, kind } = first ?? { name: 'ISSUER', kind: 'jwt' }
  const name = service.replace(/[^\w.-]+/g, '-')
  if (kind === 'kubernetes') return { issuer, subject: `system:serviceaccount:${name}:${name}` }
  if (kind === 'spiffe') return { issuer, subject: `${first?.issuer}/${name}` }
  if (kind === 'github-actions') return { issuer, claims: { repository_id: `ID of ${name}` } }
  return { issuer, subject: service }
}
