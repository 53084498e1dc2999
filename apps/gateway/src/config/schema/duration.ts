import type { z } from 'zod'
import { Problem, parsed } from './problem.ts'

const units: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/** What a duration may be, in milliseconds. */
export interface DurationRange {
  readonly minMs: number
  readonly maxMs: number
}

/** A time span as `500ms`, `30s`, `5m`, `24h`, `7d`; inside, milliseconds. A number without a unit is refused. */
export function duration({ minMs, maxMs }: DurationRange): z.ZodType<number, string> {
  return parsed((value) => {
    const [, digits, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(value) ?? []
    const factor = units.get(unit ?? '')
    if (digits === undefined || factor === undefined) {
      return new Problem('is not a duration', 'write a whole number and its unit: 500ms, 30s, 5m, 24h, 7d')
    }
    const ms = Number(digits) * factor
    if (ms >= minMs && ms <= maxMs) return ms
    return new Problem('is out of range', `choose from ${spell(minMs)} to ${spell(maxMs)}`)
  })
}

/** The largest unit that divides it. */
function spell(ms: number): string {
  const fitting = [...units].filter(([, factor]) => ms % factor === 0).at(ms === 0 ? 1 : -1)
  return fitting ? `${ms / fitting[1]}${fitting[0]}` : `${ms}ms`
}
