import { stripVTControlCharacters } from 'node:util'
import { Command } from 'commander'
import { describeRecord } from '../policy-change/describe-record.ts'
import { GrantUsage } from '../policy-change/grant-usage.ts'
import { Progress } from '../policy-change/progress.ts'
import { createRecordJudge } from '../policy-change/record-judge.ts'
import {
  colourPatch,
  jsonRightsize,
  jsonUnsaid,
  type Rightsizing,
  renderRightsize,
} from '../policy-change/render-rightsize.ts'
import { scanAudit } from '../policy-change/scan-audit.ts'
import { shrinkPolicy } from '../policy-change/shrink-policy.ts'
import { writePatch } from '../policy-change/write-patch.ts'
import { fail } from './fail.ts'
import { loadPolicy } from './load-policy.ts'
import { parseTime } from './parse-time.ts'
import { requireAudit } from './require-audit.ts'

/** `countersign rightsize AUDIT --policy PATH`: grants nobody used, and the smaller policy. */
export function rightsizeCommand(): Command {
  return new Command('rightsize')
    .description('Find the grants that nobody used, and write the smaller policy as a patch.')
    .argument('<audit...>', 'the audit record, one or more files; - for standard input')
    .requiredOption('--policy <path>', 'configuration: a YAML file, or a folder; its secrets are not needed')
    .option('--since <time>', 'leave out what is older: 30d, 12h, or 2026-01-05T12:00:00Z')
    .option('--json', 'one JSON document instead of text', false)
    .addHelpText('after', help)
    .action(run)
}

const help = `
The findings go to standard error, the patch to standard output. Where it cannot be told which of several rules
allowed a request, all of them count as used. Nobody gains anything by the patch.

Exit codes: 0 nothing can go, 1 something can, the record holds nothing to go by, or the configuration has faults,
2 wrong usage.

Example:
  $ countersign rightsize audit.jsonl --policy ./config --since 30d > smaller.patch
  $ patch -p0 < smaller.patch && countersign check ./config && countersign replay audit.jsonl --policy ./config`

const nothing = 'the record holds no request of the period that this policy allows: nothing can be said of it'

interface Options {
  readonly policy: string
  readonly since?: string
  readonly json: boolean
}

async function run(files: string[], { policy, since, json }: Options, command: Command): Promise<void> {
  requireAudit(files, command)
  const from = since === undefined ? undefined : parseSince(since, command)
  const config = loadPolicy(policy, command)
  if (!config) return
  const usage = new GrantUsage(createRecordJudge(config), from)
  await scanAudit(files, usage.add, new Progress())
  if (usage.counts.allowed === 0) {
    const why = `${nothing}; ${describeRecord(usage.counts)}`
    fail(why, { why, ...jsonUnsaid(usage) }, command)
    return
  }
  const found = shrinkPolicy(config.policy, {
    isUsed: (rule, operation) => usage.isUsed(rule, operation),
    definitionOf: (service, index) => config.services.get(service)?.allow[index],
  })
  report({ usage, ...found, patch: writePatch(config, found.smaller, process.cwd()) }, json)
  process.exitCode = found.smaller.length === 0 ? 0 : 1
}

function report(found: Rightsizing, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(jsonRightsize(found), null, 2)}\n`)
    return
  }
  const text = renderRightsize(found, process.cwd())
  // Styled as standard output wants it; this goes elsewhere.
  process.stderr.write(process.stderr.isTTY ? text : stripVTControlCharacters(text))
  process.stdout.write(colourPatch(found.patch.text))
}

const units: ReadonlyMap<string, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

function parseSince(text: string, command: Command): Date {
  const [, digits, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  const unitMs = units.get(unit ?? '')
  const time = unitMs === undefined ? parseTime(text) : Date.now() - Number(digits) * unitMs
  if (Number.isNaN(time)) command.error('--since is written as 30d, 12h or 2026-01-05T12:00:00Z')
  return new Date(time)
}
