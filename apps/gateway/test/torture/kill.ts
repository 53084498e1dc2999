import { parseArgs } from 'node:util'
import { runKills } from './run-kills.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    rate: { type: 'string', default: '150' },
    seed: { type: 'string', default: '1' },
  },
})

const report = await runKills({
  kills: Number(values.kills),
  rate: Number(values.rate),
  seed: Number(values.seed),
  say: (line) => process.stderr.write(`${line}\n`),
})
process.stdout.write(
  `${JSON.stringify({ ...report, violations: report.violations.slice(0, 100) }, null, 2)}\n`,
)
process.exitCode = report.violations.length === 0 ? 0 : 1
