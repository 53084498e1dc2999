import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { decodeJwt } from 'jose'
import type { Certificate } from './certificate.ts'

/** An API that asks for a certificate where the token is bound to one (RFC 8705 3), and remembers who came. */
export interface CertificateBoundApi extends AsyncDisposable {
  readonly url: string
  readonly calls: ApiCall[]
}

/** One call. */
export interface ApiCall {
  readonly target: string
  readonly authorization: string
  readonly headers: NodeJS.Dict<string | string[]>
  /** `x5t#S256` of the certificate that was shown. */
  readonly thumbprint: string | undefined
}

/** What an API overlooks in a token's age (RFC 7519 4.1.4): on a busy machine a request is under way for a while. */
const leewaySeconds = 60

/** Starts one on a free port of 127.0.0.1; 401 to a token that is bound to another certificate, or has expired. */
export async function startCertificateBoundApi(
  certificate: Certificate,
  ca: string,
): Promise<CertificateBoundApi> {
  const calls: ApiCall[] = []
  const server = createServer(
    { ...certificate, ca, requestCert: true, rejectUnauthorized: false },
    (req, res) => {
      const peer = (req.socket as TLSSocket).getPeerX509Certificate()
      const thumbprint = peer && createHash('sha256').update(peer.raw).digest('base64url')
      const { authorization = '' } = req.headers
      calls.push({ target: req.url ?? '', authorization, headers: req.headers, thumbprint })
      res.writeHead(isGood(authorization.replace('Bearer ', ''), thumbprint) ? 200 : 401).end('{}')
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function isGood(token: string, thumbprint: string | undefined): boolean {
  try {
    const { cnf, exp = 0 } = decodeJwt(token)
    const bound = cnf as { 'x5t#S256'?: string } | undefined
    return (
      (exp + leewaySeconds) * 1000 > Date.now() && (bound === undefined || bound['x5t#S256'] === thumbprint)
    )
  } catch {
    return token.length > 20 // opaque
  }
}
