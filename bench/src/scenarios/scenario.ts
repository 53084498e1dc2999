import type { Stage } from '../stage.ts'

/** What is measured, with its unit. */
export const measures = {
  rps: 'requests/s',
  cpu: 'CPU µs/request',
  perCpu: 'requests/CPU s',
  p50: 'p50 ms',
  p99: 'p99 ms',
  mbps: 'MB/s',
  growth: 'growth of memory, MB',
  early: 'resident early, MB',
  late: 'resident late, MB',
  ms: 'ms',
  stolen: 'stolen, ms',
} as const

/** The name of a measure. */
export type MeasureName = keyof typeof measures

/** One measurement. */
export type Sample = Readonly<Partial<Record<MeasureName, number>>>

/** How much is done. Bounded, whatever the machine. */
export interface Plan {
  readonly rounds: number
  /** How often each contender is started, for a share of the rounds: two processes of one build differ by up to a fifth. */
  readonly starts: number
  /** Of load for each contender and round. */
  readonly seconds: number
  /** Of load before the first round, repeated until enough requests were answered for compilers to be done. */
  readonly warmUpSeconds: number
  /** Minutes at full load after which memory is read: early and late. */
  readonly memoryMinutes: readonly [early: number, late: number]
}

/** Something that can be measured now. */
export interface Prepared extends AsyncDisposable {
  sample(): Promise<Sample>
}

/** One row of a scenario: a subject under a traffic. */
export interface Contender {
  /** Unique in its scenario. */
  readonly label: string
  /** What `--only` goes by. */
  readonly subject: string
  /** Why it cannot take part on this machine. */
  unavailable(): string | undefined
  prepare(stage: Stage, plan: Plan): Promise<Prepared>
}

/** Contenders that are measured in turn, round after round. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** Never more rounds than this, for what takes minutes. */
  readonly mostRounds?: number
  readonly contenders: readonly Contender[]
}
