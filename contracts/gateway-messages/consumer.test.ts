import { createHash } from 'node:crypto'
import { parseRecordedRequest } from '@countersign/gateway/src/policy-change/recorded-request.ts'
import { MatchersV3 } from '@pact-foundation/pact'
import { generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { wholly } from '../support/matchers.ts'
import { messageConsumerOf } from '../support/message-consumer.ts'
import { type AuditMessage, type EventMessage, eventsAudience } from './messages.ts'
import { receiveDelivery } from './receive-delivery.ts'

const { decimal, eachLike, integer, string } = MatchersV3

describe('who reads the record, as `replay` and `rightsize` do, can rely on', () => {
  const read = messageConsumerOf<AuditMessage>({ consumer: 'audit-reader', provider: 'countersign-gateway' })
  const time = wholly(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/, '2026-01-05T12:00:00.000Z')
  const id = wholly(/[\w.-]{8,64}/, '0d9c7c0e-5a0e-4c1b-9d0e-6f3d1f0c9f55')
  const fingerprint = wholly(/[0-9a-f]{16}/, '0123456789abcdef')
  const caller = { issuer: string('https://issuer.internal'), subject: string('provisioning') }
  const call = { time, request_id: id, method: 'POST', path: '/faable/user', ...caller }
  const routed = { ...call, service: 'provisioning', upstream: 'faable', operation: 'users.create' }
  const granted = {
    ...routed,
    verdict: 'allow',
    rule: 'provisioning allow[0]',
    scopes: eachLike('create:users'),
  }
  const ended = { kind: 'close', durations_ms: { total: decimal(1.5) } }

  test.each<[AuditMessage, object, unknown]>([
    ['a change is about to be made', { ...granted, kind: 'open', token: fingerprint }, 'other'],
    [
      'a change has been made',
      { ...granted, ...ended, token: fingerprint, status: 201, attempts: integer(1), bytes: integer(12) },
      { verdict: 'allow', service: 'provisioning', upstream: 'faable', operation: 'users.create' },
    ],
    [
      'a service was refused a call',
      {
        ...routed,
        ...ended,
        service: 'marketing',
        verdict: 'deny',
        code: 'policy.refused',
        owner: 'caller',
        status: 403,
      },
      { verdict: 'deny', service: 'marketing' },
    ],
    [
      'a stranger was refused',
      { ...call, ...ended, verdict: 'deny', code: 'policy.refused', owner: 'caller', status: 403 },
      { verdict: 'deny', service: undefined },
    ],
    [
      'a token endpoint refused the gateway',
      {
        ...{ ...granted, ...ended, service: 'unlucky', rule: 'unlucky allow[0]' },
        ...{ code: 'mint.refused', owner: 'operator', status: 502 },
      },
      { verdict: 'allow', service: 'unlucky' },
    ],
    [
      'a delivery has been handed on',
      {
        kind: 'webhook',
        time,
        request_id: id,
        upstream: 'faable',
        delivery: string('evt_known'),
        event: 'user.created',
        bytes: integer(12),
        outcome: 'delivered',
      },
      'other',
    ],
  ])('%s', async (receives, content, understood) => {
    const request = await read({ receives, content }, async (line) =>
      parseRecordedRequest(JSON.stringify(line)),
    )
    if (typeof understood === 'string') expect(request).toBe(understood)
    else expect(request).toMatchObject(understood as object)
  })
})

describe('a service that is told of events', () => {
  const read = messageConsumerOf<EventMessage>({ consumer: 'events', provider: 'countersign-gateway' })

  test('can verify that it comes from the gateway, for whom, and what it is about', async () => {
    const event = { type: 'user.created', user: { id: 'user_known' } }
    const digest = createHash('sha256').update(JSON.stringify(event)).digest('base64url')
    const claims = {
      aud: eventsAudience,
      upstream: 'faable',
      delivery: string('evt_known'),
      event: 'user.created',
      body_sha256: wholly(/[\w-]{43}/, digest),
      jti: string('assertion_known'),
      iat: integer(1_767_600_000),
      exp: integer(1_767_600_060),
    }
    const metadata = { 'content-type': 'application/json' }
    const received = await read(
      { receives: 'an upstream tells of a new user', content: { claims, event }, metadata },
      async (message) => {
        // The example as the gateway would have sent it, but for the key and the time.
        const { claims: said, event: about } = message as { claims: JWTPayload; event: object }
        const { iat: _iat, exp: _exp, ...lasting } = said
        const { privateKey, publicKey } = await generateKeyPair('ES256')
        const assertion = await new SignJWT({ ...lasting, iss: 'gateway' })
          .setProtectedHeader({ alg: 'ES256' })
          .sign(privateKey)
        const body = new TextEncoder().encode(JSON.stringify(about))
        return receiveDelivery(
          { authorization: `Bearer ${assertion}`, body },
          'gateway',
          async () => publicKey,
        )
      },
    )
    expect(received).toMatchObject({ event, claims: { upstream: 'faable', event: 'user.created' } })
  })
})
