import type { IncomingMessage } from 'node:http'
import type { CallerCredential } from '@countersign/auth-core'
import { assertNoQueryToken } from '../edge/stray-token.ts'
import { bearerCredential } from './bearer-credential.ts'
import { clientCertificate } from './client-certificate.ts'

/**
 * What a request shows of who sent it: a token, the certificate of its connection, or both, and nothing beside them.
 *
 * @throws {Fault} as {@link bearerCredential}; `request.malformed` another token in the query; `identity.refused` a
 * certificate that cannot be read
 */
export function callerCredential(req: IncomingMessage): CallerCredential {
  const token = bearerCredential(req)
  const certificate = clientCertificate(req.socket)
  if (token !== undefined || certificate !== undefined) assertNoQueryToken(req.url)
  return { token, certificate }
}
