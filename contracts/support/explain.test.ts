import { expect, test } from 'vitest'
import { explain } from './explain.ts'

const differs = (path: string) => ({ type: 'BodyMismatch', path, mismatch: 'it differs' })
const broken = (interaction: string, ...paths: readonly string[]) => ({
  interaction: `Verifying a pact between ${interaction}`,
  mismatch: { mismatches: paths.map(differs) },
})

test('the same failure reads the same way, in whatever order pact has found its parts', () => {
  const errors = [broken('a and b - one', '$.id', '$.name'), broken('a and b - two', '$')]
  const turned = [broken('a and b - two', '$'), broken('a and b - one', '$.name', '$.id')]
  const told = [
    '✗ a and b - one: BodyMismatch $.id: it differs',
    '✗ a and b - one: BodyMismatch $.name: it differs',
    '✗ a and b - two: BodyMismatch $: it differs',
  ]
  for (const found of [errors, turned])
    expect(explain(new Error(JSON.stringify({ errors: found })))).toBe(told.join('\n'))
})
