import { expect, it } from 'vitest'
import { faable } from './faable.ts'

const operation = (name: string) => faable.operations.find((one) => one.name === name)

it('never lets a token request without scopes through, for it would be granted everything', () => {
  expect(faable.emptyScope).toBe('refuse')
  for (const { name, scopes } of faable.operations) expect([name, scopes.length > 0]).toEqual([name, true])
})

it.each([
  ['users.list', 'GET', '/user', ['read:users']],
  ['users.update', 'POST', '/user/{user_id}', ['update:users']],
  ['users.import', 'POST', '/user/import', ['create:users', 'update:credentials']],
  ['clients.get', 'GET', '/client/{client_id}', ['read:clients']],
  ['clients.alias.get', 'GET', '/clients/{client_id}', ['read:clients']],
  ['connections.alias.list', 'GET', '/connections', ['read:connections']],
  ['sessions.revoke', 'POST', '/session/{session_id}/revoke', ['update:sessions']],
  [
    'organizations.require-sso',
    'PUT',
    '/organization/{organization_id}/require-sso',
    ['update:organizations'],
  ],
])('%s is %s %s with %j', (name, method, template, scopes) => {
  expect(operation(name)).toMatchObject({ method, template, scopes })
})

it('does not offer what answers with the tokens of other identity providers', () => {
  expect(faable.operations.filter(({ template }) => template.startsWith('/identity'))).toEqual([])
})

it('reads the error of the token endpoint from error_code, without its detail', () => {
  const read = (body: object) => faable.token.adapt?.normalise?.({ ...body })
  expect(read({ error: 'invalid_client', error_code: 'client_not_found' })).toMatchObject({
    error: 'client_not_found',
  })
  expect(read({ error_code: 'sms_unavailable:quota' })).toMatchObject({ error: 'sms_unavailable' })
  expect(read({ error: 'invalid_request' })).toEqual({ error: 'invalid_request' })
})

it('takes an unknown client, a missing audience and a used-up quota for a refusal', () => {
  expect(faable.token.adapt?.refusedStatuses).toEqual([402, 403, 404])
})
