import type { Certificate } from './certificate.ts'

/** What a certificate is judged against. */
export interface PathContext {
  /** Certificates that came along, in any order; at most eight are looked at. */
  readonly intermediates: readonly Certificate[]
  /** Who is trusted: roots, or authorities below one. */
  readonly anchors: readonly Certificate[]
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

/** The way from a certificate to who is trusted. */
export interface CertificatePath {
  readonly anchor: Certificate
  /** When the first certificate on it ends, in milliseconds. */
  readonly notAfter: number
}

const maxIntermediates = 8
/** MD5 and SHA-1, with RSA, DSA and ECDSA. */
const brokenSignatures: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.4',
  '1.2.840.113549.1.1.5',
  '1.2.840.10040.4.3',
  '1.2.840.10045.4.1',
])
const clientAuth = '1.3.6.1.5.5.7.3.2'
const anyPurpose = '2.5.29.37.0'
const leastRsaBits = 2048
/** Whoever connects may send keys that take ten milliseconds each to verify with: bounded as those of tokens are. */
const mostRsaBits = 4096
const mostExponent = 2n ** 32n
const curves: ReadonlySet<string | undefined> = new Set(['prime256v1', 'secp384r1', 'secp521r1'])

/**
 * The way from a certificate to an anchor (RFC 5280 6.1): every authority on the way is valid now, may sign
 * certificates, and allows what it vouches for to be used by a TLS client; every signature verifies.
 *
 * Stricter than the RFC where that costs nobody anything: a critical extension that is not understood, name
 * constraints among them, refuses the certificate that has it, and so does a signature with SHA-1 or a short
 * RSA key, the workload's own among them. Done here and not by the handshake, because each trust domain has
 * authorities of its own, and they change while connections live.
 */
export function findPath(certificate: Certificate, context: PathContext): CertificatePath | undefined {
  if (!isSound(certificate, context.now)) return undefined
  const left = new Set(context.intermediates.slice(0, maxIntermediates))
  // Breadth first: the shortest path to each authority is found first, and each is tried once.
  let level = [{ subject: certificate, notAfter: certificate.notAfter }]
  for (let below = 0; level.length > 0; below += 1) {
    const next: typeof level = []
    for (const { subject, notAfter } of level) {
      const vouches = (issuer: Certificate) => vouchesFor(issuer, subject, { below, now: context.now })
      const anchor = context.anchors.find(vouches)
      if (anchor !== undefined) return { anchor, notAfter: Math.min(notAfter, anchor.notAfter) }
      for (const issuer of left) {
        if (!vouches(issuer)) continue
        left.delete(issuer)
        next.push({ subject: issuer, notAfter: Math.min(notAfter, issuer.notAfter) })
      }
    }
    level = next
  }
  return undefined
}

function vouchesFor(
  issuer: Certificate,
  subject: Certificate,
  { below, now }: { readonly below: number; readonly now: number },
): boolean {
  return (
    issuer.isAuthority &&
    issuer.keyUsage?.certificates !== false &&
    (issuer.pathLength === undefined || below <= issuer.pathLength) &&
    subject.x509.checkIssued(issuer.x509) &&
    isSound(issuer, now) &&
    subject.x509.verify(issuer.x509.publicKey)
  )
}

/** What must hold of every certificate on the way. */
function isSound(certificate: Certificate, now: number): boolean {
  const { notBefore, notAfter, extendedKeyUsage, unread, signatureAlgorithm } = certificate
  const isForClients =
    extendedKeyUsage === undefined || extendedKeyUsage.some((id) => id === clientAuth || id === anyPurpose)
  const isValid = notBefore <= now && now <= notAfter
  const isStrong = !brokenSignatures.has(signatureAlgorithm) && hasUsualKey(certificate)
  return isValid && isForClients && unread.length === 0 && isStrong
}

function hasUsualKey({ x509 }: Certificate): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails = {} } = x509.publicKey
  const { modulusLength = 0, publicExponent = 0n, namedCurve } = asymmetricKeyDetails
  if (type === 'ec') return curves.has(namedCurve)
  if (type !== 'rsa' && type !== 'rsa-pss') return type === 'ed25519'
  return modulusLength >= leastRsaBits && modulusLength <= mostRsaBits && publicExponent < mostExponent
}
