import type { X509Certificate } from 'node:crypto'
import { generate } from 'selfsigned'
import type { Certificate } from './certificate.ts'

/** Signs certificates for a test. */
export interface CertificateAuthority {
  /** Its own certificate, in PEM. */
  readonly cert: string
  /** A certificate of that common name, for a server on 127.0.0.1 or for a client. */
  issue(commonName: string): Promise<Certificate>
}

const options = { keyType: 'ec', algorithm: 'sha256' } as const

/** A new authority with a key of its own. */
export async function createCertificateAuthority(): Promise<CertificateAuthority> {
  const authority = await generate([{ name: 'commonName', value: 'test authority' }], {
    ...options,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true },
    ],
  })
  const ca = { key: authority.private, cert: authority.cert }
  return {
    cert: authority.cert,
    async issue(commonName) {
      const { cert, private: key } = await generate([{ name: 'commonName', value: commonName }], {
        ...options,
        ca,
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'keyUsage', digitalSignature: true },
          { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
          { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
        ],
      })
      return { cert, key }
    },
  }
}

/** The common name of a certificate's subject. */
export function commonNameOf(certificate: X509Certificate): string | undefined {
  return /^CN=(.*)$/m.exec(certificate.subject)?.[1]
}
