import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { type OwnCertificate, Secret } from '@countersign/auth-core'
import { Problem } from './schema/problem.ts'

/** A client certificate and its key: two files that are replaced one after the other are refused in between. */
export function buildClientCertificate(cert: string, key: string): OwnCertificate | Problem {
  try {
    createSecureContext({ cert, key })
    const own = new X509Certificate(cert)
    if (!own.checkPrivateKey(createPrivateKey(key))) throw new Error('the key is another one’s')
    const thumbprint = createHash('sha256').update(own.raw).digest('base64url')
    return Object.freeze({ cert, key: new Secret(key), thumbprint })
  } catch {
    // The library's words may quote what was read.
    return new Problem(
      'and certificate_key cannot be used together',
      'give a PEM certificate, its chain behind it, and the private key that belongs to it',
    )
  }
}
