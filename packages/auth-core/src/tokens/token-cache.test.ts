import { expect, test } from 'vitest'
import { createUpstreamToken } from './create-upstream-token.ts'
import { TokenCache } from './token-cache.ts'

const tokenFrom = (obtainedAt: number, value = 'x') =>
  createUpstreamToken({ value, obtainedAt, expiresAt: obtainedAt + 60_000, grantedScopes: undefined })

test('an answer that was overtaken does not replace the one that was asked for later', async () => {
  const cache = new TokenCache()
  const [older, newer] = [cache.nextOrder(), cache.nextOrder()]
  const token = await tokenFrom(0, 'newer')
  cache.put('key', token, newer)
  cache.put('key', await tokenFrom(1, 'older'), older)
  expect(cache.get('key', 1)?.token).toBe(token)
})

test('only the token that is held can be set aside', async () => {
  const cache = new TokenCache()
  const [first, second] = [await tokenFrom(0), await tokenFrom(0)]
  cache.put('key', second, cache.nextOrder())
  cache.setAside('key', first)
  expect(cache.get('key', 0)).toMatchObject({ token: second, isSetAside: false })
  cache.setAside('key', second)
  expect(cache.get('key', 0)).toMatchObject({ token: second, isSetAside: true })
})

test('a full cache forgets what was used least recently', async () => {
  const cache = new TokenCache(2)
  for (const key of ['a', 'b']) cache.put(key, await tokenFrom(0), cache.nextOrder())
  cache.get('a', 0)
  cache.put('c', await tokenFrom(0), cache.nextOrder())
  expect(['a', 'b', 'c'].map((key) => cache.get(key, 0) !== undefined)).toEqual([true, false, true])
})

test('a token that expires is forgotten, and does not count as the soonest to expire', async () => {
  const cache = new TokenCache()
  cache.put('short', await tokenFrom(0), cache.nextOrder())
  cache.put('long', await tokenFrom(30_000), cache.nextOrder())
  expect(cache.soonestExpiry(54_999)).toBe(60_000)
  expect(cache.get('short', 54_999)).toBeDefined()
  expect(cache.get('short', 55_000)).toBeUndefined()
  expect(cache.soonestExpiry(55_000)).toBe(90_000)
})
