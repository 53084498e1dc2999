import { expect, it } from 'vitest'
import { LineBudget } from './line-budget.ts'

it('begins anew after a minute, also on a clock that was set back', () => {
  const budget = new LineBudget(1)
  const noon = Date.parse('2026-11-30T12:00:00Z')
  expect(budget.take('mail', noon)).toBe(0)
  expect(budget.take('mail', noon + 59_999)).toBeUndefined()
  expect(budget.take('mail', noon + 60_000)).toBe(1)
  expect(budget.take('mail', noon - 3_600_000)).toBe(0)
  expect(budget.take('mail', noon - 3_600_000)).toBeUndefined()
})
