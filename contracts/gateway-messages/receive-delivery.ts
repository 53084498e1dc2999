import { createHash } from 'node:crypto'
import { type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { eventsAudience } from './messages.ts'

/** A request from the gateway's webhook listener, as an internal service gets it. */
export interface ReceivedDelivery {
  readonly authorization: string
  readonly body: Uint8Array
}

/** What an internal service does with a delivery before it believes it: `docs/webhooks.md`, step by step. */
export async function receiveDelivery(
  { authorization, body }: ReceivedDelivery,
  issuer: string,
  keys: JWTVerifyGetKey,
): Promise<{ claims: JWTPayload; event: object }> {
  const { payload } = await jwtVerify(authorization.replace(/^Bearer /, ''), keys, {
    issuer,
    audience: eventsAudience,
    algorithms: ['ES256'],
  })
  if (payload.body_sha256 !== createHash('sha256').update(body).digest('base64url')) {
    throw new Error('the assertion is about another body')
  }
  return { claims: payload, event: JSON.parse(Buffer.from(body).toString()) }
}
