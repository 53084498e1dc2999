import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GatewayError } from '@countersign/client'
import { type CountersignKit, startCountersign } from '@countersign/testkit'
import { createSeats } from '../src/seats.ts'

let kit: CountersignKit
before(async () => {
  kit = await startCountersign({ policy: 'countersign' })
})
after(() => kit.stop())

test('a person gets a seat as a viewer, with a token of the gateway', async () => {
  const inbox = kit.upstream('inbox-manager')
  inbox.answer('POST /api/accounts/{account}/members', { status: 201, body: { id: 'mem_1' } })

  const outcome = await createSeats(kit.client('seats')).give('acc_1', 'uid_1')

  assert.deepEqual(outcome, { seat: { accountId: 'acc_1', memberId: 'mem_1' } })
  const request = inbox.requests.at(-1)
  assert.equal(request?.path, '/api/accounts/acc_1/members')
  assert.deepEqual(request?.json(), { user_id: 'uid_1', role: 'viewer' })
  assert.equal(request?.headers.get('authorization'), `Bearer ${inbox.tokens.issued.at(-1)}`)
})

test('who has a seat already is no error', async () => {
  kit.upstream('inbox-manager').answer('POST /api/accounts/{account}/members', { status: 409 })
  assert.deepEqual(await createSeats(kit.client('seats')).give('acc_1', 'uid_1'), { taken: true })
})

test('the policy lets this service make nobody an owner, and says which rule stands in the way', async () => {
  const body = { user_id: 'uid_1', role: 'owner' }
  const { verdict, text } = await kit.explain({
    ...{ as: 'seats', method: 'POST', path: '/inbox-manager/api/accounts/acc_1/members', body },
  })
  assert.equal(verdict, 'deny')
  assert.match(text, /seats allow\[0\].*countersign\/services\/seats\.yaml:\d+:\d+/)
})

test('a service that nobody allowed anything is told what to ask for', async () => {
  const before = kit.upstream('inbox-manager').requests.length
  await assert.rejects(createSeats(kit.client('newcomer')).give('acc_1', 'uid_1'), (error) => {
    assert(error instanceof GatewayError)
    assert.equal(error.code, 'policy.refused')
    assert.match(error.message, /- \{ upstream: inbox-manager, operations: \[members\.add\] \}/)
    return true
  })
  assert.equal(kit.upstream('inbox-manager').requests.length, before)
})
