import type { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { type Certificate, type ClientCertificate, Fault, readCertificate } from '@countersign/auth-core'

/** More is no chain; the rest is not read. */
const maxSent = 8

/** By connection: a certificate stays the same from the handshake to the end. */
const known = new WeakMap<Socket, ClientCertificate | undefined>()

/**
 * The certificate that the client of a connection showed and whose key the handshake has proved; `undefined` on
 * plain connections and where none was shown. What a field of the request says of a certificate is nobody's proof.
 *
 * @throws {Fault} `identity.refused` one that cannot be read
 */
export function clientCertificate(socket: Socket): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  if (known.has(socket)) return known.get(socket)
  const certificate = readSent(socket)
  known.set(socket, certificate)
  return certificate
}

function readSent(socket: TLSSocket): ClientCertificate | undefined {
  const sent: Certificate[] = []
  let x509: X509Certificate | undefined = socket.getPeerX509Certificate()
  try {
    for (; x509 !== undefined && sent.length <= maxSent; x509 = x509.issuerCertificate) {
      sent.push(readCertificate(x509.raw))
    }
  } catch (cause) {
    throw new Fault('identity.refused', { detail: 'the client certificate cannot be read', cause })
  }
  const [leaf, ...intermediates] = sent
  return leaf && Object.freeze({ ...leaf, intermediates })
}
