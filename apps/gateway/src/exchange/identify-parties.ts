import type { IncomingMessage } from 'node:http'
import { Fault, type Identity, type VerifyCredential } from '@countersign/auth-core'
import { bearerCredential } from '../identify/bearer-credential.ts'
import { clientCertificate } from '../identify/client-certificate.ts'
import type { ExchangeRequest } from './exchange-request.ts'

/**
 * Who asks for a token: the subject of its own token, who may also authenticate itself as a client, by the same
 * token or another of its own, as `client_assertion` or as bearer. Client and subject are always one.
 *
 * @throws {Fault} `identity.*` for what the client shows; `exchange.subject-token` for the subject's token;
 * `request.malformed` for more than one way of client authentication (RFC 6749 2.3)
 */
export async function identifyParties(
  req: IncomingMessage,
  { subjectToken, clientAssertion }: ExchangeRequest,
  verifyCredential: VerifyCredential,
): Promise<Identity> {
  // The connection's certificate is the client's, and what its tokens may be bound to.
  const certificate = clientCertificate(req.socket)
  const verify = (token: string) => verifyCredential({ token, certificate })
  const bearer = bearerCredential(req)
  if (bearer !== undefined && clientAssertion !== undefined)
    throw new Fault('request.malformed', { says: 'A client authenticates itself in one way.' })
  const shown = bearer ?? clientAssertion
  const client = shown === undefined ? undefined : await verify(shown)
  const subject = await verifySubject(subjectToken, verify)
  if (client && (client.issuer !== subject.issuer || client.subject !== subject.subject))
    throw refused('the client is somebody else than the subject')
  return subject
}

async function verifySubject(
  token: string,
  verify: (token: string) => Identity | Promise<Identity>,
): Promise<Identity> {
  let subject: Identity
  try {
    subject = await verify(token)
  } catch (error) {
    const { owner, code, detail } = Fault.from(error)
    if (owner !== 'caller') throw error
    throw refused(`${code}: ${detail ?? 'it does not verify'}`, error)
  }
  // RFC 8693 4.1: whoever presents it is somebody else than its subject, however long the chain.
  if ('act' in subject.claims) throw refused('somebody acts with it for its subject')
  if ('may_act' in subject.claims && !namesSubject(subject.claims.may_act, subject))
    throw refused('its may_act names somebody else than its subject')
  return subject
}

/** RFC 8693 4.4: only what `may_act` names may act, and here nobody but the subject does. */
function namesSubject(mayAct: unknown, { subject, claims }: Identity): boolean {
  if (typeof mayAct !== 'object' || mayAct === null) return false
  const { sub, iss = claims.iss } = mayAct as Record<string, unknown>
  return sub === subject && iss === claims.iss
}

function refused(detail: string, cause?: unknown): Fault {
  return new Fault('exchange.subject-token', { detail, cause })
}
