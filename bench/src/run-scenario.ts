import type { Contender, Plan, Prepared, Sample, Scenario } from './scenarios/scenario.ts'
import type { Stage } from './stage.ts'

/** What was measured in one scenario. */
export interface ScenarioResult {
  readonly name: string
  readonly title: string
  /** Samples by label, one a round; those of the same round were taken one after the other. */
  readonly samples: Readonly<Record<string, readonly Sample[]>>
  /** Who did not take part, and why. */
  readonly skipped: Readonly<Record<string, string>>
}

/** How contenders are chosen and progress is told. */
export interface RunOptions {
  readonly plan: Plan
  /** Subjects that take part; all when empty. */
  readonly only: readonly string[]
  readonly say: (text: string) => void
}

/**
 * Prepares every contender, then measures them in turn, round after round, so that whatever else the machine
 * does befalls all of them. Each round begins with another one. After its share of the rounds each is started anew.
 */
export async function runScenario(
  stage: Stage,
  scenario: Scenario,
  { plan, only, say }: RunOptions,
): Promise<ScenarioResult> {
  const { name, title, mostRounds = plan.rounds } = scenario
  const skipped: Record<string, string> = {}
  const samples: Record<string, Sample[]> = {}
  for (const { label, subject, unavailable } of scenario.contenders) {
    const why = only.length > 0 && !only.includes(subject) ? 'not asked for' : unavailable()
    if (why === undefined) samples[label] = []
    else skipped[label] = why
  }
  const contenders = scenario.contenders.filter(({ label }) => label in samples)
  const rounds = Math.min(plan.rounds, mostRounds)
  const each = Math.ceil(rounds / plan.starts)
  for (let first = 0; first < rounds; first += each) {
    await using ready = new AsyncDisposableStack()
    const prepared: [Contender, Prepared][] = []
    for (const contender of contenders) {
      say(`${name}: warming up ${contender.label}`)
      prepared.push([contender, ready.use(await contender.prepare(stage, plan))])
    }
    for (let round = first; round < Math.min(first + each, rounds); round += 1) {
      for (let turn = 0; turn < prepared.length; turn += 1) {
        const [{ label }, { sample }] = prepared[(round + turn) % prepared.length] as [Contender, Prepared]
        const taken = await sample()
        samples[label]?.push(taken)
        say(`${name} ${round + 1}/${rounds} ${label}: ${JSON.stringify(taken)}`)
      }
    }
  }
  return { name, title, samples, skipped }
}
