import { expect, it } from 'vitest'
import { parseTime } from './parse-time.ts'

it.each([
  ['2026-01-05T12:00:00Z', '2026-01-05T12:00:00.000Z'],
  ['2026-01-05T12:00:00.250+02:00', '2026-01-05T10:00:00.250Z'],
  ['2026-01-05T12:00Z', '2026-01-05T12:00:00.000Z'],
  ['2026-01-05', '2026-01-05T00:00:00.000Z'],
])('%s is %s', (text, moment) => {
  expect(new Date(parseTime(text)).toISOString()).toBe(moment)
})

it.each(['1', '12', '2026', '01/05/2026', 'Jan 5', '2026-01-05T12:00:00', '2026-13-01', ''])(
  '"%s" is no moment, or one that hangs on where it is read',
  (text) => {
    expect(parseTime(text)).toBeNaN()
  },
)
