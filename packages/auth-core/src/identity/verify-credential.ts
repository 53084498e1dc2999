import { Fault } from '../fault.ts'
import type { Identity } from './identity.ts'
import type { CertificateVerifier, ClientCertificate } from './verify-certificate.ts'
import type { TokenVerifier } from './verify-token.ts'

/** What a request shows of who sent it. */
export interface CallerCredential {
  /** Its one bearer token. */
  readonly token: string | undefined
  /** That of its connection. */
  readonly certificate: ClientCertificate | undefined
}

/** Turns what a request shows into an identity. */
export type VerifyCredential = (credential: CallerCredential) => Identity | Promise<Identity>

/**
 * Makes the one way from credential to identity: a token, a certificate, or both.
 *
 * Both must be of one identity, or the token bound to the certificate: whoever has found another one's token
 * does not get far with a certificate of their own. A certificate that does not verify refuses the request,
 * good token or not. Synchronous where all of it was verified before.
 *
 * @throws {Fault} `identity.missing` without either; else what the two verifiers throw
 */
export function createCredentialVerifier(
  tokens: TokenVerifier,
  certificates: CertificateVerifier,
): VerifyCredential {
  function joinBoth(certified: Identity | undefined, identified: Identity): Identity {
    if (certified === undefined || 'cnf' in identified.claims) return identified
    const isSame = certified.issuer === identified.issuer && certified.subject === identified.subject
    if (isSame) return identified
    throw new Fault('identity.refused', { detail: 'token and client certificate are of two identities' })
  }

  return function verify({ token, certificate }) {
    if (certificate === undefined) {
      if (token === undefined) throw new Fault('identity.missing')
      return tokens.verify(token)
    }
    function goOn(certified: Identity | undefined): Identity | Promise<Identity> {
      if (token === undefined) return asIdentity(certified)
      const identified = tokens.verify(token, certificate)
      return identified instanceof Promise
        ? identified.then((identity) => joinBoth(certified, identity))
        : joinBoth(certified, identified)
    }
    const certified = certificates.verify(certificate)
    return certified instanceof Promise ? certified.then(goOn) : goOn(certified)
  }
}

function asIdentity(certified: Identity | undefined): Identity {
  if (certified !== undefined) return certified
  throw new Fault('identity.missing', {
    detail: 'the client certificate names no workload, and no token came',
  })
}
