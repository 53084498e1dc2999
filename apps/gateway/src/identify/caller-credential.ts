import type { IncomingMessage } from 'node:http'
import type { CallerCredential } from '@countersign/auth-core'
import { bearerCredential } from './bearer-credential.ts'
import { clientCertificate } from './client-certificate.ts'

/** What a request shows of who sent it: a token, the certificate of its connection, or both. @throws {Fault} as {@link bearerCredential} */
export function callerCredential(req: IncomingMessage): CallerCredential {
  return { token: bearerCredential(req), certificate: clientCertificate(req.socket) }
}
