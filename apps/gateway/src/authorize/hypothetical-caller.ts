import type { Identity } from '@countersign/auth-core'
import type { LoadedConfig } from '../config/loaded-config.ts'

/** A service by its name, which then calls as an identity that fits its first one; or an identity. */
export type HypotheticalCaller = { readonly claims?: Readonly<Record<string, unknown>> | undefined } & (
  | { readonly service: string }
  | { readonly issuer: string; readonly subject: string }
)

/** The caller as if it had been verified: with the claims that every token of its issuer has. */
export function verifiedAs(caller: HypotheticalCaller, config: LoadedConfig): Identity {
  const { issuer, subject, claims } = named(caller, config)
  const sub = typeof claims.sub === 'string' ? claims.sub : subject
  return {
    issuer,
    subject: sub,
    claims: { ...tokenClaims(issuer, sub, config), ...claims },
    expiresAt: Infinity,
  }
}

function named(caller: HypotheticalCaller, { policy }: LoadedConfig): Omit<Identity, 'expiresAt'> {
  const { claims = {} } = caller
  if (!('service' in caller)) return { issuer: caller.issuer, subject: caller.subject, claims }
  const [first] = policy.services.get(caller.service)?.identities ?? []
  if (!first) throw new RangeError(`there is no service "${caller.service}"`)
  const { issuer, subject, claims: needed } = first.example
  return { issuer, subject, claims: { ...needed, ...claims } }
}

/** None for SPIFFE: a workload with a certificate has no claims. */
function tokenClaims(
  issuer: string,
  sub: string,
  { issuers }: LoadedConfig,
): Readonly<Record<string, unknown>> {
  const known = issuers.get(issuer)
  return known === undefined || known.kind === 'spiffe' ? {} : { iss: known.issuer, sub }
}
