import { expect, it } from 'vitest'
import { runKills } from './run-kills.ts'

it('killed at five moments under load, the gateway finds record, accounts and configuration whole each time', async () => {
  const { violations, answered, kills } = await runKills({ kills: 5, rate: 100, seed: 5, say: () => {} })
  expect(violations).toEqual([])
  expect(kills).toBe(5)
  expect(answered).toBeGreaterThan(20)
})
