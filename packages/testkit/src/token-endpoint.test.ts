import { expect, test } from 'vitest'
import {
  answersGzipBomb,
  answersHtml,
  answersHuge,
  answersStatus,
  hangs,
  redirects,
  resets,
  trickles,
  truncates,
} from './mood.ts'
import { startTokenEndpoint } from './token-endpoint.ts'

const ask = (url: string, init: RequestInit = {}) =>
  fetch(url, { method: 'POST', redirect: 'manual', ...init })

test('every token is new, recognisable and remembered', async () => {
  await using endpoint = await startTokenEndpoint({ expiresInSeconds: 60 })
  const first = (await (await ask(endpoint.url)).json()) as Record<string, unknown>
  await ask(endpoint.url)
  expect(first).toEqual({ access_token: endpoint.issued[0], token_type: 'Bearer', expires_in: 60 })
  expect(endpoint.issued).toEqual([expect.stringMatching(/^minted-1-/), expect.stringMatching(/^minted-2-/)])
  expect(endpoint.count).toBe(2)
})

test('the request is kept as it came: target, fields in their spelling, body', async () => {
  await using endpoint = await startTokenEndpoint()
  const body = 'grant_type=client_credentials&client_secret=a+b%3A%2B%25%26%C3%BC'
  await ask(`${endpoint.url}?x=1`, { body, headers: { 'X-Trace': 'one' } })
  expect(endpoint.requests[0]).toMatchObject({ method: 'POST', target: '/oauth2/token?x=1', body })
  expect(endpoint.requests[0]?.headers).toContainEqual(['X-Trace', 'one'])
})

test('the good answer can be bent, member by member', async () => {
  await using endpoint = await startTokenEndpoint()
  endpoint.next(endpoint.ok({ access_token: 'a\r\nX-Evil: 1', expires_in: undefined, token_type: 'mac' }))
  expect(await (await ask(endpoint.url)).json()).toEqual({
    access_token: 'a\r\nX-Evil: 1',
    token_type: 'mac',
  })
  expect(endpoint.issued).toEqual(['a\r\nX-Evil: 1'])
})

test('queued moods come first, one request each, then the lasting one', async () => {
  await using endpoint = await startTokenEndpoint()
  endpoint.always(answersStatus(503, '', { 'retry-after': '1' }))
  endpoint.next(answersHtml(), answersStatus(200), redirects('http://127.0.0.1:1/'))
  const statuses = []
  for (let n = 0; n < 4; n += 1) statuses.push((await ask(endpoint.url)).status)
  expect(statuses).toEqual([200, 200, 302, 503])
  endpoint.recover()
  expect((await ask(endpoint.url)).status).toBe(200)
})

test('it can break off: reset, half an answer, silence, a trickle', async () => {
  await using endpoint = await startTokenEndpoint()
  endpoint.next(resets(), truncates(), hangs(), trickles())
  await expect(ask(endpoint.url)).rejects.toThrow()
  await expect(ask(endpoint.url).then((answer) => answer.text())).rejects.toThrow()
  await expect(ask(endpoint.url, { signal: AbortSignal.timeout(50) })).rejects.toThrow('timeout')
  const trickle = await ask(endpoint.url, { signal: AbortSignal.timeout(300) })
  expect(trickle.status).toBe(200)
  await expect(trickle.text()).rejects.toThrow('timeout')
  expect(endpoint.count).toBe(4)
})

test('it can answer more than anyone wants, plainly and packed', async () => {
  await using endpoint = await startTokenEndpoint()
  endpoint.next(answersHuge(1_000_000), answersGzipBomb(1_000_000))
  expect((await (await ask(endpoint.url)).text()).length).toBeGreaterThan(1_000_000)
  expect((await (await ask(endpoint.url)).text()).length).toBeGreaterThan(1_000_000)
})

test('closing does not wait for a request that nobody answers', async () => {
  const endpoint = await startTokenEndpoint()
  endpoint.always(hangs())
  const pending = ask(endpoint.url).catch(() => 'cut')
  await expect.poll(() => endpoint.count).toBe(1)
  await endpoint.close()
  expect(await pending).toBe('cut')
})
