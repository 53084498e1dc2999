import type { Clock } from '../clock.ts'
import { Fault, type FaultCode } from '../fault.ts'
import type { Certificate } from './certificate.ts'
import { type CertificatePath, findPath } from './certificate-path.ts'
import type { Identity } from './identity.ts'
import type { Issuer } from './issuer.ts'
import type { KeySet } from './key-set.ts'
import { parseSpiffeId } from './spiffe-id.ts'

/** The client certificate of a connection. The handshake has proved its key, and nothing else. */
export interface ClientCertificate extends Certificate {
  /** What the client sent with it. */
  readonly intermediates: readonly Certificate[]
}

/** Turns the client certificate of a connection into an identity. */
export interface CertificateVerifier {
  /**
   * The identity that an X.509-SVID proves; `undefined` for a certificate of {@link
   * CertificateVerifierOptions.clientAuthorities}, which proves the possession of its key only. At once when the
   * same connection was judged before and everything that time and bundles can change still holds.
   *
   * @throws {Fault} `identity.refused`, `identity.expired`, `identity.keys-unavailable`, `gateway.exhausted`
   */
  verify(certificate: ClientCertificate): Identity | undefined | Promise<Identity | undefined>
}

/** What certificates are judged against. */
export interface CertificateVerifierOptions {
  /** Of kind `spiffe`; others vouch for no certificate. */
  readonly issuers: readonly Issuer[]
  /** Who else may vouch for certificates that tokens are bound to. */
  readonly clientAuthorities: readonly Certificate[]
  readonly clock: Clock
}

/** Makes a verifier of client certificates. What it remembers goes with the connection. */
export function createCertificateVerifier(options: CertificateVerifierOptions): CertificateVerifier {
  const { clientAuthorities, clock } = options
  const domains = options.issuers.filter(({ kind }) => kind === 'spiffe')
  const byId = new Map(domains.map((issuer) => [issuer.issuer, issuer]))
  const remembered = new WeakMap<ClientCertificate, Remembered>()
  const inVain = new WeakMap<ClientCertificate, Search>()

  async function verifySvid(certificate: ClientCertificate, { issuer, id }: Svid): Promise<Identity> {
    const { keys } = issuer
    const bundle = await keys.current()
    let path = pathTo(bundle.authorities, certificate)
    if (path === undefined) {
      // The trust domain may have a new authority, as an issuer may have a new key.
      const newer = await keys.newerThan(bundle)
      path = newer && pathTo(newer.authorities, certificate)
    }
    if (path === undefined) throw keys.failure() ?? refused(`does not lead to the bundle of ${issuer.issuer}`)
    const { anchor, notAfter } = path
    const claims = Object.freeze(Object.create(null))
    const identity = Object.freeze({ issuer: issuer.name, subject: id, claims, expiresAt: notAfter })
    remembered.set(certificate, { identity, notAfter, keys, anchor })
    return identity
  }

  function pathTo(
    anchors: readonly Certificate[],
    certificate: ClientCertificate,
  ): CertificatePath | undefined {
    const now = clock.now()
    const latest = inVain.get(certificate)
    // A connection that goes on asking costs no search with each request.
    if (latest?.anchors === anchors && now >= latest.at && now < latest.at + pauseMs) return undefined
    const path = findPath(certificate, { intermediates: certificate.intermediates, anchors, now })
    if (path === undefined) inVain.set(certificate, { anchors, at: now })
    return path
  }

  function verifyOther(certificate: ClientCertificate): undefined {
    const path = pathTo(clientAuthorities, certificate)
    if (path === undefined) throw refused('leads to no authority of the configuration')
    remembered.set(certificate, { identity: undefined, keys: undefined, ...path })
  }

  return {
    verify(certificate) {
      const now = clock.now()
      if (now > certificate.notAfter) throw refused('has expired', 'identity.expired')
      if (now < certificate.notBefore) throw refused('is not valid yet')
      const known = remembered.get(certificate)
      if (known && now <= known.notAfter && known.keys?.holds(known.anchor.thumbprint) !== false) {
        known.keys?.refreshIfDue()
        return known.identity
      }
      const svid = svidOf(certificate, byId)
      return svid === undefined ? verifyOther(certificate) : verifySvid(certificate, svid)
    },
  }
}

/** A certificate that verified, with what has to hold each time its connection is used again. */
interface Remembered extends CertificatePath {
  readonly identity: Identity | undefined
  /** Where the anchor must still be; those of the configuration last as long as it. */
  readonly keys: KeySet | undefined
}

/** Between two searches for the same path that led nowhere, in milliseconds. */
const pauseMs = 1000

/** A search that led nowhere. */
interface Search {
  readonly anchors: readonly Certificate[]
  readonly at: number
}

interface Svid {
  readonly issuer: Issuer
  readonly id: string
}

/**
 * Does it speak of a trust domain that is known here? Then it is judged by that one alone.
 *
 * @throws {Fault} `identity.refused` it does, and is no X.509-SVID of a workload all the same
 */
function svidOf(certificate: Certificate, byId: ReadonlyMap<string, Issuer>): Svid | undefined {
  for (const id of certificate.uris) {
    const issuer = byId.get(`spiffe://${parseSpiffeId(id)?.trustDomain}`)
    if (issuer === undefined) continue
    const flaw = svidFlaw(certificate, id)
    if (flaw !== undefined) throw refused(flaw)
    return { issuer, id }
  }
  return undefined
}

/** What keeps a certificate from being an X.509-SVID of a workload (X509-SVID 2, 3 and 4). */
function svidFlaw({ uris, isAuthority, keyUsage }: Certificate, id: string): string | undefined {
  if (uris.length !== 1) return 'has more than one URI'
  if (parseSpiffeId(id)?.path === '') return 'names a trust domain and no workload'
  if (isAuthority) return 'is that of an authority'
  if (keyUsage?.certificates || keyUsage?.revocations) return 'may sign certificates or revocations'
  return undefined
}

function refused(reason: string, code: FaultCode = 'identity.refused'): Fault {
  return new Fault(code, { detail: `the client certificate ${reason}` })
}
