import { expect, it } from 'vitest'
import { authAction } from './authaction.ts'

it("asks the new token path, then the old one, for the tenant's origin without a slash", () => {
  expect(authAction.token).toMatchObject({
    endpoint: '{origin}/oauth2/m2m/token',
    fallbackEndpoint: '{origin}/oauth/m2m/token',
    audience: '{origin}',
    body: 'json',
    clientAuth: 'client_secret_post',
  })
})

it('asks for no scope, because none is documented', () => {
  expect(authAction.emptyScope).toBe('allow')
  expect(authAction.operations.flatMap(({ scopes }) => scopes)).toEqual([])
})

it.each([
  ['users.list', 'GET', '/api/v1/users'],
  ['users.update', 'PATCH', '/api/v1/users/{user_id}'],
  ['passkeys.register', 'POST', '/api/v1/passkey-plus/{app_id}/transaction/register'],
  ['passkeys.verify', 'POST', '/api/v1/passkey-plus/{app_id}/authenticate/verify'],
])('%s is %s %s', (name, method, template) => {
  expect(authAction.operations.find((one) => one.name === name)).toMatchObject({ method, template })
})

it('explains a 401 that does not mean a bad token', () => {
  expect(authAction.explains?.['mint.rejected-by-upstream']).toMatch(/not granted/)
})
