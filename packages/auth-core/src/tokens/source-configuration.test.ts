import { expect, test } from 'vitest'
import { credentialOf } from '../../test/token-source-fixture.ts'
import { createTokenSource } from './create-token-source.ts'
import { extraParameterProblem } from './extra-parameters.ts'

const reserved = ['grant_type', 'client_id', 'client_secret', 'audience', 'scope', 'resource']

test.each([...reserved, 'client_assertion', 'client_assertion_type', 'Scope', 'SCOPE'])(
  '%s cannot be overridden, neither in a configuration nor in code',
  (name) => {
    expect(extraParameterProblem(name)).toContain(`"${name}"`)
    expect(() => sourceWith({ extraParameters: { [name]: 'x' } })).toThrow(TypeError)
  },
)

test('a parameter needs a name', () => {
  expect(extraParameterProblem('')).toBeDefined()
})

test.each(['tenant', 'organization', 'scopes', '__proto__'])('%s may be added', (name) => {
  expect(extraParameterProblem(name)).toBeUndefined()
})

test.each([
  'https://auth.example/token',
  'http://127.0.0.1:1/',
  'http://[::1]/',
  'http://localhost/',
  'http://127.1/',
])('a secret may go to %s', (endpoint) => expect(() => sourceWith({ endpoint })).not.toThrow())

test.each([
  'http://auth.example/token',
  'http://localhost.evil.example/',
  'http://127.0.0.1.evil.example/',
  'http://169.254.169.254/',
  'http://[::ffff:127.0.0.1]/',
  'https://user:password@auth.example/',
  'https://auth.example/#x',
  'ftp://127.0.0.1/',
  '/oauth2/token',
])('a secret may not go to %s', (endpoint) => expect(() => sourceWith({ endpoint })).toThrow(TypeError))

function sourceWith(changed: { endpoint?: string; extraParameters?: Record<string, string> }) {
  return createTokenSource({
    upstream: 'billing',
    endpoint: 'https://auth.example/token',
    clientAuth: 'client_secret_basic',
    body: 'form',
    extraParameters: {},
    credential: () => credentialOf('s3cret'),
    clock: { now: () => 0 },
    fetch: () => Promise.reject(new Error('nothing is sent here')),
    ...changed,
  })
}
