import { createHash, X509Certificate } from 'node:crypto'
import { AsnConvert } from '@peculiar/asn1-schema'
import {
  BasicConstraints,
  Certificate as CertificateSchema,
  ExtendedKeyUsage,
  type Extension,
  id_ce_basicConstraints,
  id_ce_certificatePolicies,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  KeyUsage,
  KeyUsageFlags,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509'

/** A certificate (RFC 5280 4.1), its extensions read out of the DER: what Node prints of them is for people. */
export interface Certificate {
  readonly x509: X509Certificate
  /** SHA-256 of the DER in base64url: `x5t#S256` (RFC 8705 3.1). */
  readonly thumbprint: string
  /** Milliseconds since the Unix epoch. */
  readonly notBefore: number
  readonly notAfter: number
  /** `cA` of the basic constraints. */
  readonly isAuthority: boolean
  /** How many more authorities may follow below this one; `undefined`: any number. */
  readonly pathLength: number | undefined
  /** May it sign what; `undefined` where the certificate does not say. */
  readonly keyUsage: { readonly certificates: boolean; readonly revocations: boolean } | undefined
  /** Object identifiers; `undefined`: for anything. */
  readonly extendedKeyUsage: readonly string[] | undefined
  /** Every URI among the subject alternative names, as it stands. */
  readonly uris: readonly string[]
  /** How the signature on it was made: an object identifier. */
  readonly signatureAlgorithm: string
  /** Critical extensions that are not read here (RFC 5280 4.2): who does not understand them must refuse. */
  readonly unread: readonly string[]
}

/**
 * Reads a certificate from its DER.
 *
 * @throws {TypeError} it is none, or has an extension twice (RFC 5280 4.2)
 */
export function readCertificate(der: Uint8Array): Certificate {
  try {
    const x509 = new X509Certificate(der)
    const { tbsCertificate, signatureAlgorithm } = AsnConvert.parse(x509.raw, CertificateSchema)
    const extensions = tbsCertificate.extensions ?? []
    const byId = new Map(extensions.map((extension) => [extension.extnID, extension]))
    if (byId.size < extensions.length) throw new TypeError('it has an extension twice')
    const constraints = read(byId.get(id_ce_basicConstraints), BasicConstraints)
    const usage = read(byId.get(id_ce_keyUsage), KeyUsage)?.toNumber()
    const purposes = read(byId.get(id_ce_extKeyUsage), ExtendedKeyUsage)
    const names = read(byId.get(id_ce_subjectAltName), SubjectAlternativeName)
    return Object.freeze({
      x509,
      thumbprint: createHash('sha256').update(x509.raw).digest('base64url'),
      notBefore: x509.validFromDate.getTime(),
      notAfter: x509.validToDate.getTime(),
      isAuthority: constraints?.cA ?? false,
      pathLength: constraints?.pathLenConstraint,
      keyUsage: usage === undefined ? undefined : signingUsage(usage),
      extendedKeyUsage: purposes && [...purposes],
      uris: [...(names ?? [])].flatMap(({ uniformResourceIdentifier: uri }) => uri ?? []),
      signatureAlgorithm: signatureAlgorithm.algorithm,
      unread: extensions.filter(({ critical, extnID }) => critical && !isRead.has(extnID)).map(idOf),
    })
  } catch (cause) {
    throw new TypeError('a certificate cannot be read', { cause })
  }
}

/** Policies restrict nothing unless a verifier asks for one. */
const isRead: ReadonlySet<string> = new Set([
  id_ce_basicConstraints,
  id_ce_keyUsage,
  id_ce_extKeyUsage,
  id_ce_subjectAltName,
  id_ce_certificatePolicies,
])

function read<T>(extension: Extension | undefined, schema: new () => T): T | undefined {
  return extension && AsnConvert.parse(extension.extnValue.buffer, schema)
}

function signingUsage(bits: number) {
  return {
    certificates: (bits & KeyUsageFlags.keyCertSign) !== 0,
    revocations: (bits & KeyUsageFlags.cRLSign) !== 0,
  }
}

function idOf({ extnID }: Extension): string {
  return extnID
}
