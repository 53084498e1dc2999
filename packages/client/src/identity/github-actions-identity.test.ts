import { inspect } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { json, startScriptedGateway } from '../../test/scripted-gateway.ts'
import { unsignedJwt } from '../../test/unsigned-jwt.ts'
import { githubActionsIdentity } from './github-actions-identity.ts'

afterEach(() => void vi.unstubAllEnvs())

const audience = 'https://gateway.internal/?a&b'

test('asks the runner for the audience, once', async () => {
  const token = unsignedJwt(600)
  await using runner = await startScriptedGateway(json(200, { value: token }))
  runIn(`${runner.url}/token?api-version=2.0`)
  const source = githubActionsIdentity({ audience })
  expect(await Promise.all([source.token(), source.token()])).toEqual([token, token])
  expect(await source.token()).toBe(token)
  expect(runner.seen).toHaveLength(1)
  expect(runner.seen[0]?.headers.authorization).toBe('Bearer runner-secret')
  const asked = new URL(runner.seen[0]?.url ?? '', runner.url)
  expect(Object.fromEntries(asked.searchParams)).toEqual({ 'api-version': '2.0', audience })
})

test('outside a job that may, it says which permission is missing', async () => {
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', undefined)
  await expect(githubActionsIdentity({ audience }).token()).rejects.toThrow('id-token: write')
})

test.each([
  ['a refusal', json(403, {})],
  ['an answer without a token', json(200, { value: 7 })],
])('%s is an IdentityError that shows no credential', async (_name, answer) => {
  await using runner = await startScriptedGateway(answer)
  runIn(runner.url)
  const error = await Promise.resolve(githubActionsIdentity({ audience }).token()).catch((e: unknown) => e)
  expect(error).toMatchObject({ name: 'IdentityError' })
  expect(inspect(error, { depth: 9 })).not.toContain('runner-secret')
})

test('a redirect is not followed', async () => {
  await using elsewhere = await startScriptedGateway(json(200, { value: unsignedJwt(600) }))
  await using runner = await startScriptedGateway(json(302, {}, { location: elsewhere.url }))
  runIn(runner.url)
  await expect(githubActionsIdentity({ audience }).token()).rejects.toMatchObject({ name: 'IdentityError' })
  expect(elsewhere.seen).toHaveLength(0)
})

function runIn(url: string): void {
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', url)
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'runner-secret')
}
