import { expect, test } from 'vitest'
import { tokenLifetimeSeconds } from './token-lifetime.ts'

const now = Date.parse('2026-01-01T00:00:00Z')
const at = (seconds: number) => now / 1000 + seconds
const day = 86_400

test.each<[string, unknown, Parameters<typeof tokenLifetimeSeconds>[1], number | undefined]>([
  ['a number', 3600, undefined, 3600],
  ['a numeric string', '3600', undefined, 3600],
  ['a fraction is cut off', 59.9, undefined, 59],
  ['a fraction in a string', '59.9', undefined, 59],
  ['30 days are cut to one', 30 * day, undefined, day],
  ['ten years are cut to a day', 3650 * day, undefined, day],
  ['more than ten years is no duration', 3650 * day + 1, undefined, undefined],
  ['zero is not unknown', 0, { exp: at(600) }, undefined],
  ['NaN', Number.NaN, undefined, undefined],
  ['Infinity', Number.POSITIVE_INFINITY, undefined, undefined],
  ['missing', undefined, undefined, 300],
  ['null is missing', null, undefined, 300],
  ['missing, exp of a JWT', undefined, { exp: at(600) }, 600],
  ['missing, exp beyond a day', undefined, { exp: at(9 * day) }, day],
  ['missing, exp is not a number', undefined, { exp: '1' as unknown as number }, 300],
  ['missing, exp has passed', undefined, { exp: at(-1) }, 300],
  ["missing, the issuer's clock 10 min ahead", undefined, { iat: at(600), exp: at(4200) }, 3600],
  ["missing, the issuer's clock 10 min behind", undefined, { iat: at(-600), exp: at(3000) }, 3000],
  ['a number below exp', 60, { exp: at(600) }, 60],
  ['a number beyond exp', 3600, { exp: at(600) }, 600],
])('%s', (_what, expiresIn, claims, seconds) => {
  expect(tokenLifetimeSeconds(expiresIn, claims, now)).toBe(seconds)
})
