import { expect, test } from 'vitest'
import { startSandbox } from '../start-sandbox.ts'

test('the strings of the sandbox can be pulled over HTTP', async () => {
  await using sandbox = await startSandbox()
  const { inboxManager, control } = sandbox
  const list = async (token: string) =>
    (await fetch(`${inboxManager.url}/api/accounts`, { headers: { authorization: `Bearer ${token}` } }))
      .status
  const pull = async (method: string, path: string, content?: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const body = content === undefined ? null : JSON.stringify(content)
    return (await fetch(`${control}/inbox-manager/${path}`, { method, headers, body })).status
  }
  const token = await inboxManager.mintToken()
  expect(await list(token)).toBe(200)
  expect(await pull('POST', 'revoke-tokens')).toBe(204)
  expect(await list(token)).toBe(401)

  expect(await pull('PUT', 'token-endpoint', { failure: 'unavailable' })).toBe(204)
  await expect(inboxManager.mintToken()).rejects.toThrow('503')
  expect(await pull('PUT', 'token-endpoint', { failure: 'constructor' })).toBe(400)
  expect(await pull('PUT', 'token-endpoint', { failure: null })).toBe(204)
  expect(await list(await inboxManager.mintToken())).toBe(200)

  const counts = await fetch(`${control}/inbox-manager/counts`)
  expect(await counts.json()).toEqual({ token: 3, api: 3 })
  expect(await pull('POST', 'reset')).toBe(204)
  expect(inboxManager.requestCounts).toEqual({ token: 0, api: 0 })
})

test('each upstream has strings of its own', async () => {
  await using sandbox = await startSandbox()
  const { faable, authAction, control } = sandbox
  const pull = async (method: string, path: string, content?: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const body = content === undefined ? null : JSON.stringify(content)
    return (await fetch(`${control}/${path}`, { method, headers, body })).status
  }
  expect(await pull('POST', 'faable/move-account', { accountId: 'acc_moved' })).toBe(204)
  expect(faable.audience).toBe('faable:management:acc_moved')
  expect(await pull('POST', 'faable/move-account', { accountId: 7 })).toBe(400)
  expect(await pull('PUT', 'faable/denial', { reason: 'no' })).toBe(204)
  await expect(faable.mintToken()).rejects.toThrow('client_credentials_denied')
  expect(await pull('POST', 'faable/deliver', { type: 'auth.login' })).toBe(200)

  const list = async () => {
    const authorization = `Bearer ${await authAction.mintToken()}`
    return (await fetch(`${authAction.url}/api/v1/users`, { headers: { authorization } })).status
  }
  expect(await pull('PUT', 'authaction/grant', { granted: false })).toBe(204)
  expect(await list()).toBe(401)
  expect(await pull('PUT', 'authaction/grant', { granted: 'yes' })).toBe(400)
  expect(await pull('POST', 'authaction/reset')).toBe(204)
  expect(await pull('PUT', 'authaction/token-path', { path: 'old' })).toBe(204)
  expect(await list()).toBe(200)
  expect(await pull('PUT', 'authaction/limit', { remaining: 0 })).toBe(204)
  expect(await list()).toBe(429)
  expect(await pull('PUT', 'authaction/limit', { remaining: 'many' })).toBe(400)
  expect(await pull('POST', 'nobody/reset')).toBe(404)
})
