import type { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { type ClientCertificate, Fault, readCertificate } from '@countersign/auth-core'

/** More is no chain; the rest is not read. */
const maxSent = 8
/** Bytes of all of them in DER. Reading takes a millisecond for each few hundred, and anybody may send a hundred thousand. */
const maxBytes = 12 * 1024

/** By connection: a certificate stays the same from the handshake to the end, and so does that it cannot be read. */
const known = new WeakMap<Socket, ClientCertificate | Fault | undefined>()

/**
 * The certificate that the client of a connection showed and whose key the handshake has proved; `undefined` on
 * plain connections and where none was shown. What a field of the request says of a certificate is nobody's proof.
 *
 * @throws {Fault} `identity.refused` one that cannot be read, or comes with too much
 */
export function clientCertificate(socket: Socket): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  if (!known.has(socket)) known.set(socket, read(sentOver(socket)))
  const certificate = known.get(socket)
  if (certificate instanceof Fault) throw certificate
  return certificate
}

function sentOver(socket: TLSSocket): readonly Buffer[] {
  const sent: Buffer[] = []
  let x509: X509Certificate | undefined = socket.getPeerX509Certificate()
  for (; x509 !== undefined && sent.length <= maxSent; x509 = x509.issuerCertificate) sent.push(x509.raw)
  return sent
}

function read(sent: readonly Buffer[]): ClientCertificate | Fault | undefined {
  const length = sent.reduce((sum, { length }) => sum + length, 0)
  if (length > maxBytes)
    return refused(`the client certificate and its chain have more than ${maxBytes} bytes`)
  try {
    const [leaf, ...intermediates] = sent.map((der) => readCertificate(der))
    return leaf && Object.freeze({ ...leaf, intermediates })
  } catch (cause) {
    return refused('the client certificate cannot be read', cause)
  }
}

function refused(detail: string, cause?: unknown): Fault {
  return new Fault('identity.refused', { detail, cause })
}
