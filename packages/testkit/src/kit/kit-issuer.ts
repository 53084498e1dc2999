import { startTestIssuer, type TestIssuer } from '../test-issuer.ts'
import { type Section, section } from './rewire-policy.ts'

/** An issuer as an entry of the policy expects it, whose keys and addresses are the kit's. */
export async function startKitIssuer(entry: Section, audience: string): Promise<TestIssuer> {
  const { kind, issuer, trust_domain, algorithms } = entry
  const [first = kind === 'github-actions' ? 'RS256' : 'ES256', ...others] = Array.isArray(algorithms)
    ? algorithms.map(String)
    : []
  const github = kind === 'github-actions' ? 'https://token.actions.githubusercontent.com' : undefined
  const started = await startTestIssuer({
    issuer: String(trust_domain === undefined ? (issuer ?? github) : `spiffe://${trust_domain}`),
    audience,
    algorithms: [first, ...others],
  })
  // A SPIFFE bundle says of each key what it is for (JWT-SVID 4.1.2).
  if (kind === 'spiffe') started.published = started.published.map((key) => ({ ...key, use: 'jwt-svid' }))
  return started
}

/** Claims by which an identity of the policy is recognised: the first value where several will do. */
export function claimsOf(identity: Section, issuer: Section): Record<string, unknown> {
  const sub = String(identity.subject ?? 'testkit').replaceAll('*', 'testkit')
  const bound = issuer.kind === 'kubernetes' ? kubernetesClaims(sub, identity.uid) : {}
  return { sub, ...bound, ...firstValues(section(identity.claims)) }
}

function kubernetesClaims(sub: string, uid: unknown): Section {
  const [, , namespace, name] = sub.split(':')
  return { 'kubernetes.io': { namespace, serviceaccount: { name, uid: uid ?? `uid-of-${name}` } } }
}

function firstValues(conditions: Section): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(conditions).map(([name, condition]) => {
      if (Array.isArray(condition)) return [name, condition[0]]
      return [name, typeof condition === 'object' ? firstValues(section(condition)) : condition]
    }),
  )
}
