import { parseArgs } from 'node:util'
import { runSoak } from './run-soak.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '150' },
    seed: { type: 'string', default: '1' },
  },
})

const report = await runSoak({
  minutes: Number(values.minutes),
  rate: Number(values.rate),
  seed: Number(values.seed),
  say: (line) => process.stderr.write(`${line}\n`),
})
process.stdout.write(
  `${JSON.stringify({ ...report, violations: report.violations.slice(0, 100) }, null, 2)}\n`,
)
process.exitCode = report.violations.length === 0 && report.exit === 0 ? 0 : 1
