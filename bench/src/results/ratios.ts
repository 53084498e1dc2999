import type { ScenarioResult } from '../run-scenario.ts'
import type { MeasureName, Sample } from '../scenarios/scenario.ts'
import { median } from './median.ts'

/** What a ratio must not leave. */
export type Bound = { readonly atLeast: number } | { readonly atMost: number }

/** A ratio of two contenders of one scenario. Numbers of their own mean nothing on another machine. */
export interface RatioDefinition {
  readonly id: string
  readonly title: string
  readonly scenario: string
  readonly bound: Bound
  /** From the samples of one round; `undefined` when something was not measured. */
  of(sample: (label: string, measure: MeasureName) => number | undefined): number | undefined
}

/** A ratio as it was measured. */
export interface Ratio {
  readonly id: string
  readonly title: string
  readonly bound: Bound
  /** Median of the rounds, and the noise around it. */
  readonly value: number
  readonly lowest: number
  readonly highest: number
  readonly holds: boolean
}

/** The median ratio of the rounds; each ratio is taken within a round, where both met the same machine. */
export function measureRatio(
  definition: RatioDefinition,
  results: readonly ScenarioResult[],
): Ratio | undefined {
  const { id, title, bound } = definition
  const result = results.find(({ name }) => name === definition.scenario)
  const rounds = Math.max(0, ...Object.values(result?.samples ?? {}).map((samples) => samples.length))
  const values = Array.from({ length: rounds }, (_, round) =>
    definition.of((label, measure) => (result?.samples[label]?.[round] as Sample | undefined)?.[measure]),
  ).filter((value) => value !== undefined)
  const value = median(values)
  if (value === undefined) return undefined
  const holds = 'atLeast' in bound ? value >= bound.atLeast : value <= bound.atMost
  return { id, title, bound, value, lowest: Math.min(...values), highest: Math.max(...values), holds }
}
