import { type KeyObject, randomBytes, type webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  PublicKey,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** A certificate with the key that belongs to it, in PEM. */
export interface IssuedCertificate {
  /** The certificate, and the intermediate ones that lead to its root. */
  readonly cert: string
  readonly key: string
  /** The certificate alone, in DER. */
  readonly der: Buffer
}

/** What a certificate says; everything has the default of a client certificate that lives for an hour. */
export interface CertificateOptions {
  /** Distinguished name. Default `CN=test`. */
  readonly name?: string
  /** The subject alternative names, in their order. Default: none. */
  readonly alternativeNames?: JsonGeneralNames
  /** Seconds from now. Default -60 and 3600. */
  readonly validFrom?: number
  readonly validUntil?: number
  /** `cA` of the basic constraints; `undefined` leaves the extension out. Default false. */
  readonly ca?: boolean | undefined
  /** Certificates that may follow below this authority. Default: any number. */
  readonly pathLength?: number
  /** Bits of {@link KeyUsageFlags}. Default: that of a certificate's kind. */
  readonly keyUsage?: number
  /** Object identifiers of the extended key usage; an empty list leaves the extension out. Default: both of TLS. */
  readonly extendedKeyUsage?: readonly string[]
  /** Object identifiers of critical extensions that nobody knows. */
  readonly unknownExtensions?: readonly string[]
  /** Length of an RSA key. Default: an EC key of P-256. */
  readonly rsaBits?: number
  /** Certified in place of the key that it is made with. */
  readonly publicKey?: KeyObject
}

/** A certificate authority of a test: real keys, real signatures. */
export interface TestAuthority extends IssuedCertificate {
  /** Issues a certificate. */
  issue(options?: CertificateOptions): Promise<IssuedCertificate>
  /** Issues an authority below this one. */
  subordinate(options?: CertificateOptions): Promise<TestAuthority>
}

/** Extended key usages of TLS (RFC 5280 4.2.1.12). */
export const serverAuth = '1.3.6.1.5.5.7.3.1'
export const clientAuth = '1.3.6.1.5.5.7.3.2'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
function keyAlgorithm({
  rsaBits,
}: CertificateOptions): webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams {
  if (rsaBits === undefined) return algorithm
  const publicExponent = new Uint8Array([1, 0, 1])
  return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: rsaBits, publicExponent }
}

const authorityUsage = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign

/** Makes an authority that vouches for itself. */
export async function createTestAuthority(options: CertificateOptions = {}): Promise<TestAuthority> {
  const keys = await crypto.subtle.generateKey(keyAlgorithm(options), true, ['sign', 'verify'])
  const filled = { name: 'CN=test authority', ...asAuthority, ...options }
  const certificate = await sign(filled, keys.publicKey, { name: filled.name, key: keys.privateKey })
  return authorityOf(certificate, keys, [])
}

const asAuthority = { ca: true, keyUsage: authorityUsage, extendedKeyUsage: [] }

interface Signer {
  readonly name: string
  readonly key: CryptoKey
}

function authorityOf(
  certificate: X509Certificate,
  keys: webcrypto.CryptoKeyPair,
  above: readonly X509Certificate[],
): Promise<TestAuthority> {
  const signer = { name: certificate.subject, key: keys.privateKey }
  // The root is what the other side has: it is not sent.
  const chain =
    above.length === 0 && certificate.issuer === certificate.subject ? [] : [certificate, ...above]
  async function issueWith(options: CertificateOptions) {
    const issued = await crypto.subtle.generateKey(keyAlgorithm(options), true, ['sign', 'verify'])
    return { keys: issued, certificate: await sign(options, issued.publicKey, signer) }
  }
  return withPem(certificate, keys, chain.slice(1)).then((own) => ({
    ...own,
    async issue(options = {}) {
      const issued = await issueWith(options)
      return withPem(issued.certificate, issued.keys, chain)
    },
    async subordinate(options = {}) {
      const issued = await issueWith({ name: 'CN=test subordinate', ...asAuthority, ...options })
      return authorityOf(issued.certificate, issued.keys, chain)
    },
  }))
}

async function withPem(
  certificate: X509Certificate,
  keys: webcrypto.CryptoKeyPair,
  chain: readonly X509Certificate[],
): Promise<IssuedCertificate> {
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  return {
    cert: [certificate, ...chain].map((each) => each.toString('pem')).join('\n'),
    key: PemConverter.encode(key, 'PRIVATE KEY'),
    der: Buffer.from(certificate.rawData),
  }
}

function sign(options: CertificateOptions, publicKey: CryptoKey, signer: Signer): Promise<X509Certificate> {
  const { name = 'CN=test', validFrom = -60, validUntil = 3600 } = options
  return X509CertificateGenerator.create({
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    subject: name,
    issuer: signer.name,
    notBefore: new Date(Date.now() + validFrom * 1000),
    notAfter: new Date(Date.now() + validUntil * 1000),
    signingAlgorithm: { ...signer.key.algorithm, hash: 'SHA-256' },
    publicKey: options.publicKey ? new PublicKey(spkiOf(options.publicKey)) : publicKey,
    signingKey: signer.key,
    extensions: extensionsOf(options),
  })
}

function spkiOf(key: KeyObject): Uint8Array<ArrayBuffer> {
  return new Uint8Array(key.export({ type: 'spki', format: 'der' }))
}

function extensionsOf(options: CertificateOptions): Extension[] {
  const { alternativeNames = [], pathLength, extendedKeyUsage = [serverAuth, clientAuth] } = options
  const { keyUsage = KeyUsageFlags.digitalSignature, unknownExtensions = [] } = options
  const ca = 'ca' in options ? options.ca : false
  return [
    ...(ca === undefined ? [] : [new BasicConstraintsExtension(ca, pathLength, true)]),
    ...(keyUsage === 0 ? [] : [new KeyUsagesExtension(keyUsage, true)]),
    ...(extendedKeyUsage.length === 0 ? [] : [new ExtendedKeyUsageExtension([...extendedKeyUsage])]),
    ...(alternativeNames.length === 0 ? [] : [new SubjectAlternativeNameExtension(alternativeNames)]),
    ...unknownExtensions.map((id) => new Extension(id, true, new Uint8Array([5, 0]))),
  ]
}
