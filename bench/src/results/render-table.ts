import type { ScenarioResult } from '../run-scenario.ts'
import { type MeasureName, measures } from '../scenarios/scenario.ts'
import { median } from './median.ts'
import type { Ratio } from './ratios.ts'
import type { Report } from './report.ts'

/** A run in Markdown: the promises first, then what they come from. */
export function renderTable({ at, machine, plan, ratios, scenarios }: Report): string {
  const facts = Object.entries(machine).map(([name, value]) => `${name} ${value}`)
  return [
    `# Benchmark of ${at}`,
    `${facts.join('; ')}; ${plan.rounds} interleaved rounds of ${plan.seconds} s, medians.`,
    '## Ratios',
    rows(['ratio', 'bound', 'measured', 'rounds', ''], ratios.map(ratioRow)),
    ...scenarios.flatMap((scenario) => [`## ${scenario.title}`, scenarioRows(scenario), ...notes(scenario)]),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}

function ratioRow({ title, bound, value, lowest, highest, holds }: Ratio): string[] {
  const limit = 'atLeast' in bound ? `at least ${bound.atLeast}` : `at most ${bound.atMost}`
  const noise = `${lowest.toFixed(2)} – ${highest.toFixed(2)}`
  return [title, limit, `**${value.toFixed(2)}**`, noise, holds ? 'holds' : '**missed**']
}

function scenarioRows({ samples }: ScenarioResult): string {
  const names = Object.keys(measures) as MeasureName[]
  const measured = names.filter((name) =>
    Object.values(samples)
      .flat()
      .some((sample) => name in sample),
  )
  const first = Object.entries(samples)[0]?.[1]
  if (first === undefined) return ''
  return rows(
    ['', ...measured.map((name) => measures[name])],
    Object.entries(samples).map(([label, taken]) => [
      label,
      ...measured.map((name) => figure(median(taken.flatMap((sample) => sample[name] ?? [])))),
    ]),
  )
}

function notes({ skipped }: ScenarioResult): string[] {
  const lines = Object.entries(skipped).map(([label, why]) => `${label}: ${why}`)
  return lines.length === 0 ? [] : [`Left out: ${lines.join('; ')}.`]
}

function figure(value: number | undefined): string {
  if (value === undefined) return '–'
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}

function rows(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n')
}
