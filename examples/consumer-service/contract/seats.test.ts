import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient, GatewayError, staticIdentity } from '@countersign/client'
import { MatchersV3, PactV4 } from '@pact-foundation/pact'
import { createSeats } from '../src/seats.ts'

const pact = new PactV4({
  consumer: 'seats',
  provider: 'countersign-gateway',
  dir: 'pacts',
  logLevel: 'warn',
})

const path = '/inbox-manager/api/accounts/acc_1/members'
/** The gateway's provider test hands over an identity that a real issuer signed. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: pact fills it in
const authorization = MatchersV3.fromProviderState('Bearer ${identity}', 'Bearer identity-of-seats')
const body = { user_id: 'uid_1', role: 'viewer' }

function seatsAt(gateway: string) {
  return createSeats(createClient({ gateway, identity: staticIdentity('identity-of-seats'), retry: false }))
}

test('a seat is given', async () => {
  await pact
    .addInteraction()
    .given('the policy of the platform is in force, and the upstream answers', {
      service: 'seats',
      status: 201,
      body: { id: 'mem_1' },
    })
    .uponReceiving('a seat for a person')
    .withRequest('POST', path, (request) => request.headers({ authorization }).jsonBody(body))
    .willRespondWith(201, (response) => response.jsonBody({ id: MatchersV3.like('mem_1') }))
    .executeTest(async ({ url }) => {
      assert.deepEqual(await seatsAt(url).give('acc_1', 'uid_1'), {
        seat: { accountId: 'acc_1', memberId: 'mem_1' },
      })
    })
})

test('a refusal by policy is told from one by the upstream', async () => {
  await pact
    .addInteraction()
    .given('the policy of the platform is in force', { service: 'newcomer' })
    .uponReceiving('a seat from a service that may not')
    .withRequest('POST', path, (request) => request.headers({ authorization }).jsonBody(body))
    .willRespondWith(403, (response) =>
      response
        .headers({ 'Content-Type': 'application/problem+json', 'x-request-id': MatchersV3.like('0d9c7c0e') })
        .jsonBody({
          type: 'urn:countersign:fault:policy.refused',
          status: 403,
          code: 'policy.refused',
          owner: 'caller',
          title: MatchersV3.like('Not allowed.'),
          detail: MatchersV3.like('Not allowed.'),
          request_id: MatchersV3.like('0d9c7c0e'),
        }),
    )
    .executeTest(async ({ url }) => {
      await assert.rejects(
        seatsAt(url).give('acc_1', 'uid_1'),
        (error) => error instanceof GatewayError && error.code === 'policy.refused',
      )
    })
})
