import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { unsignedJwt } from '../../test/unsigned-jwt.ts'
import { functionIdentity } from './function-identity.ts'
import { IdentityError } from './identity-error.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

describe('a JWT', () => {
  test('is kept, and asked for once by any number of callers', async () => {
    const obtain = vi.fn(async () => unsignedJwt(3600))
    const source = functionIdentity(obtain)
    const tokens = await Promise.all(Array.from({ length: 50 }, () => source.token()))
    pass(3500)
    expect(new Set([...tokens, await source.token()]).size).toBe(1)
    expect(obtain).toHaveBeenCalledTimes(1)
  })

  test('is replaced a minute ahead of its end, while it still serves', async () => {
    const obtain = numbered(3600)
    const source = functionIdentity(obtain)
    const first = await source.token()
    pass(3541)
    expect(await source.token()).toBe(first)
    await vi.waitFor(async () => expect(await source.token()).not.toBe(first))
    expect(obtain).toHaveBeenCalledTimes(2)
  })

  test('that lives for less is replaced at four fifths of its life', async () => {
    const obtain = numbered(100)
    const source = functionIdentity(obtain)
    await source.token()
    pass(78)
    await source.token()
    expect(obtain).toHaveBeenCalledTimes(1)
    pass(3)
    await source.token()
    expect(obtain).toHaveBeenCalledTimes(2)
  })

  test('serves until its end when no other comes, and not beyond', async () => {
    const token = unsignedJwt(3600)
    const obtain = vi
      .fn<() => Promise<string>>()
      .mockResolvedValueOnce(token)
      .mockRejectedValue(new Error('down'))
    const source = functionIdentity(obtain)
    await source.token()
    pass(3590)
    expect(await source.token()).toBe(token)
    expect(await source.token()).toBe(token)
    pass(11)
    const error = await Promise.resolve(source.token()).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(IdentityError)
    expect(inspect(error)).not.toContain(token)
  })
})

test.each(['opaque', 'a.b.c', `a.${btoa('{"exp":"soon"}')}.c`, `a.${btoa('null')}.c`])(
  '%s does not say when it ends, and is not kept',
  async (token) => {
    const obtain = vi.fn(() => token)
    const source = functionIdentity(obtain)
    await source.token()
    expect(await source.token()).toBe(token)
    expect(obtain).toHaveBeenCalledTimes(2)
  },
)

test('a failure is not kept, and neither is a token that has ended', async () => {
  const obtain = vi
    .fn<() => string>()
    .mockImplementationOnce(() => {
      throw new Error('first')
    })
    .mockReturnValueOnce(unsignedJwt(-5))
    .mockReturnValueOnce(unsignedJwt(3600))
  const source = functionIdentity(obtain)
  await expect(source.token()).rejects.toMatchObject({ name: 'IdentityError', cause: { message: 'first' } })
  const ended = await source.token()
  expect(await source.token()).not.toBe(ended)
})

function numbered(seconds: number) {
  let n = 0
  return vi.fn(async () => {
    n += 1
    return unsignedJwt(seconds, `token ${n}`)
  })
}
