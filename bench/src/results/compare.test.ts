import { expect, it } from 'vitest'
import { compare } from './compare.ts'
import { median } from './median.ts'
import type { Ratio } from './ratios.ts'

function ratio(id: string, value: number, bound: Ratio['bound']): Ratio {
  return { id, title: id, bound, value, lowest: value, highest: value, holds: true }
}

const more = { atLeast: 1 }
const less = { atMost: 1 }

it.each([
  ['more is better, and it is less', ratio('r', 2, more), ratio('r', 1.8, more), ['r']],
  ['more is better, and it is more', ratio('r', 2, more), ratio('r', 3, more), []],
  ['less is better, and it is more', ratio('r', 1, less), ratio('r', 1.1, less), ['r']],
  ['less is better, and it is less', ratio('r', 1, less), ratio('r', 0.5, less), []],
  ['within the noise', ratio('r', 2, more), ratio('r', 1.91, more), []],
  ['only one run has it', ratio('r', 2, more), ratio('other', 0.1, more), []],
])('a ratio is compared with an earlier run: %s', (_name, before, now, lost) => {
  expect(compare({ ratios: [before] }, { ratios: [now] }).map(({ id }) => id)).toEqual(lost)
})

it('the median is the middle, and of an even number the mean of the two in it', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([])]).toEqual([2, 2.5, undefined])
})
