import { expect, it } from 'vitest'
import { mostStolen, parseStolen } from './stolen.ts'

const stat = (first: number, second: number) => `cpu  90 0 30 400 5 0 1 ${first + second} 0 0
cpu0 45 0 15 200 2 0 1 ${first} 0 0
cpu1 45 0 15 200 3 0 0 ${second} 0 0
intr 1 2 3
`

it('what was stolen from the core that lost most counts', () => {
  expect(parseStolen(stat(7, 3))).toEqual([70, 30])
  expect(mostStolen(parseStolen(stat(7, 3)), parseStolen(stat(8, 15)))).toBe(120)
})

it('nothing was where nobody counts it', () => {
  expect(mostStolen([], [])).toBe(0)
})
