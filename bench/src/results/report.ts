import type { ScenarioResult } from '../run-scenario.ts'
import type { Plan } from '../scenarios/scenario.ts'
import type { Ratio } from './ratios.ts'

/** A whole run, as it is kept. */
export interface Report {
  /** ISO 8601. */
  readonly at: string
  readonly machine: Readonly<Record<string, string>>
  readonly plan: Plan
  readonly ratios: readonly Ratio[]
  readonly scenarios: readonly ScenarioResult[]
}
