import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Fault, type Identity, Secret, type SubjectToken } from '@countersign/auth-core'
import { bearerCredential } from './bearer-credential.ts'

/**
 * The caller's own token, for an upstream that gives another in exchange for it (RFC 8693).
 *
 * @throws {Fault} `identity.missing` where the caller is known by something else than a token; `identity.expired`
 * for one that the clock skew alone keeps alive here
 */
export function subjectToken(req: IncomingMessage, { expiresAt }: Identity): SubjectToken {
  const token = bearerCredential(req)
  if (token === undefined) {
    throw new Fault('identity.missing', { detail: 'a certificate cannot be exchanged, only a token' })
  }
  if (expiresAt <= Date.now()) throw new Fault('identity.expired', { detail: 'too late to be exchanged' })
  return { token: new Secret(token), fingerprint: hash('sha256', token), expiresAt }
}
