import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, Option } from 'commander'
import { loadGenerator } from './load/full-speed.ts'
import { holdCore, holdsCores } from './machine/cores.ts'
import { bounds } from './results/bounds.ts'
import { compare } from './results/compare.ts'
import { measureRatio } from './results/ratios.ts'
import { renderChart } from './results/render-chart.ts'
import { renderTable } from './results/render-table.ts'
import type { Report } from './results/report.ts'
import { runScenario, type ScenarioResult } from './run-scenario.ts'
import type { Plan } from './scenarios/scenario.ts'
import { scenarios } from './scenarios/scenarios.ts'
import { openStage } from './stage.ts'

const usual: Plan = { rounds: 5, starts: 1, seconds: 5, warmUpSeconds: 5, memoryMinutes: [1, 5] }
const quick: Plan = { rounds: 3, starts: 1, seconds: 2, warmUpSeconds: 3, memoryMinutes: [0.2, 0.6] }
const results = fileURLToPath(new URL('../results', import.meta.url))

interface Options {
  readonly quick: boolean
  readonly rounds?: number
  readonly starts?: number
  readonly seconds?: number
  readonly only: readonly string[]
  readonly scenario: readonly string[]
  readonly compare?: string
  readonly results?: string
  readonly out: string
}

const list = (text: string): string[] => text.split(',').map((part) => part.trim())
const upTo = (most: number) => (text: string) => Math.min(most, Math.max(1, Number.parseInt(text, 10) || 1))

await new Command('bench')
  .description('Measures the gateway beside other proxies, on one core, and prints ratios.')
  .option('--quick', 'fewer and shorter rounds: for a look, not for a judgement', false)
  .option('--rounds <number>', 'interleaved rounds, at most 50', upTo(50))
  .option('--starts <number>', 'the rounds are shared among so many processes of each subject', upTo(20))
  .option('--seconds <number>', 'of load for each subject and round, at most 60', upTo(60))
  .option('--only <subjects>', 'these subjects, separated by commas', list, [])
  .addOption(
    new Option('--scenario <names>', `these scenarios: ${scenarios.map(({ name }) => name).join(', ')}`)
      .argParser(list)
      .default([], 'all'),
  )
  .option('--compare <file>', 'a former results.json: exit 1 when a ratio lost more than 5 %')
  .option('--results <file>', 'with --compare: judge this results.json and measure nothing')
  .option('--out <folder>', 'where results.json, results.md and chart.svg go', results)
  .action(bench)
  .parseAsync()

async function bench(options: Options): Promise<void> {
  const unknown = options.scenario.filter((name) => !scenarios.some((scenario) => scenario.name === name))
  if (unknown.length > 0) throw new Error(`no such scenario: ${unknown.join(', ')}`)
  const former = options.compare === undefined ? undefined : readReport(options.compare)
  if (former && options.results !== undefined) {
    judge(former, readReport(options.results))
    return
  }
  const { rounds, starts, seconds } = options
  const plan = {
    ...(options.quick ? quick : usual),
    ...(rounds && { rounds }),
    ...(starts && { starts }),
    ...(seconds && { seconds }),
  }

  holdCore('load', process.pid)
  const measured: ScenarioResult[] = []
  await using stage = await openStage()
  for (const scenario of scenarios) {
    if (options.scenario.length > 0 && !options.scenario.includes(scenario.name)) continue
    const say = (text: string) => process.stderr.write(`${text}\n`)
    try {
      measured.push(await runScenario(stage, scenario, { plan, only: options.only, say }))
    } catch (error) {
      // What was measured before shall not be lost with it.
      say(`${scenario.name} failed: ${error}`)
      process.exitCode = 1
    }
  }
  const report = reportOf(measured, plan)
  write(report, fromHere(options.out))
  if (former) judge(former, report)
}

function readReport(path: string): Report {
  return JSON.parse(readFileSync(fromHere(path), 'utf8'))
}

/** Paths are the caller's, who may have come by way of npm, which changes the folder. */
function fromHere(path: string): string {
  return resolve(process.env.INIT_CWD ?? '.', path)
}

function reportOf(measured: readonly ScenarioResult[], plan: Plan): Report {
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown',
    node: process.version,
    load: loadGenerator,
    cores: holdsCores ? 'one for the subject, one for load and upstream' : 'shared',
  }
  const ratios = bounds.flatMap((bound) => measureRatio(bound, measured) ?? [])
  return { at: new Date().toISOString(), machine, plan, ratios, scenarios: measured }
}

function write(report: Report, folder: string): void {
  mkdirSync(folder, { recursive: true })
  const table = renderTable(report)
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(report, null, 2)}\n`)
  writeFileSync(join(folder, 'results.md'), table)
  const [first] = report.scenarios.filter(({ name }) => name === 'small-get')
  const chart = first && renderChart(first, 'express-hpm', 'countersign')
  if (chart) writeFileSync(join(folder, 'chart.svg'), chart)
  process.stdout.write(table)
}

function judge(former: Report, report: Report): void {
  const losses = compare(former, report)
  for (const { id, before, now, lost } of losses) {
    const percent = (lost * 100).toFixed(1)
    process.stdout.write(`lost ${percent} %: ${id}, ${before.toFixed(3)} before, ${now.toFixed(3)} now\n`)
  }
  if (losses.length > 0) process.exitCode = 1
}
