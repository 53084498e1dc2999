import { kubernetesFlaw } from './kubernetes-claims.ts'
import type { SignatureAlgorithm } from './signature-algorithm.ts'
import { parseSpiffeId } from './spiffe-id.ts'
import type { JsonObject } from './strict-json.ts'

/**
 * What kind of tokens an issuer signs: `jwt` access tokens of any issuer (RFC 9068, or plain RFC 7519),
 * `kubernetes` tokens of service accounts, `spiffe` SVIDs, `github-actions` tokens of workflow runs.
 */
export type IssuerKind = 'jwt' | 'kubernetes' | 'spiffe' | 'github-actions'

/** What a kind of issuer brings along. */
export interface IssuerProfile {
  readonly algorithms: readonly SignatureAlgorithm[]
  /** Values of `typ`, `null` for its absence. */
  readonly types: readonly (string | null)[]
  /** What a key set looks like: RFC 7517, or a SPIFFE bundle, which holds authorities of certificates as well. */
  readonly keys: 'jwks' | 'spiffe-bundle'
  /** What is wrong with the claims, beyond what is wrong with any token. `iss` is what the issuer is called. */
  readonly flawOf: (claims: JsonObject, iss: string) => string | undefined
}

/** What is the default for each kind, and what belongs to the kind and cannot be changed. */
export const issuerProfiles: Readonly<Record<IssuerKind, IssuerProfile>> = {
  jwt: {
    algorithms: ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'],
    types: [null, 'JWT', 'at+jwt'],
    keys: 'jwks',
    flawOf: () => undefined,
  },
  kubernetes: {
    algorithms: ['RS256', 'ES256', 'ES384', 'ES512'],
    types: [null, 'JWT'],
    keys: 'jwks',
    flawOf: kubernetesFlaw,
  },
  // JWT-SVID 2: no other algorithms, no other types.
  spiffe: {
    algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'],
    types: [null, 'JWT', 'JOSE'],
    keys: 'spiffe-bundle',
    flawOf: spiffeFlaw,
  },
  'github-actions': {
    algorithms: ['RS256'],
    types: ['JWT'],
    keys: 'jwks',
    flawOf: () => undefined,
  },
}

/** The keys of a trust domain speak for the workloads of that trust domain (JWT-SVID 3). */
function spiffeFlaw({ sub }: JsonObject, iss: string): string | undefined {
  const id = parseSpiffeId(String(sub))
  if (id === undefined || id.path === '') return 'has a subject that is no SPIFFE ID of a workload'
  return `spiffe://${id.trustDomain}` === iss ? undefined : 'is of another trust domain'
}
