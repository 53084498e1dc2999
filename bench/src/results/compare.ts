import type { Ratio } from './ratios.ts'
import type { Report } from './report.ts'

/** A ratio that is worse than it was. */
export interface Loss {
  readonly id: string
  readonly before: number
  readonly now: number
  /** Of the former ratio: 0.08 is 8 %. */
  readonly lost: number
}

const tolerated = 0.05

/** The ratios that lost more than 5 % since an earlier run; those that only one of the runs has are left out. */
export function compare(before: Pick<Report, 'ratios'>, now: Pick<Report, 'ratios'>): readonly Loss[] {
  return now.ratios.flatMap((ratio) => {
    const former = before.ratios.find(({ id }) => id === ratio.id)
    const lost = former === undefined ? 0 : lostShare(former, ratio)
    return former && lost > tolerated ? [{ id: ratio.id, before: former.value, now: ratio.value, lost }] : []
  })
}

function lostShare(former: Ratio, { bound, value }: Ratio): number {
  return ('atLeast' in bound ? former.value - value : value - former.value) / Math.abs(former.value)
}
