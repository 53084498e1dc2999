import { Command } from 'commander'
import { describeRecord } from '../policy-change/describe-record.ts'
import { Progress } from '../policy-change/progress.ts'
import { createRecordJudge } from '../policy-change/record-judge.ts'
import { jsonReplay, renderReplay } from '../policy-change/render-replay.ts'
import { ReplayTally } from '../policy-change/replay-tally.ts'
import { scanAudit } from '../policy-change/scan-audit.ts'
import { fail } from './fail.ts'
import { loadPolicy } from './load-policy.ts'
import { requireAudit } from './require-audit.ts'

/** `countersign replay AUDIT --policy NEW`: which recorded requests would be answered otherwise. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('Ask a policy about recorded requests, and say which verdicts would change.')
    .argument('<audit...>', 'the audit record, one or more files; - for standard input')
    .requiredOption('--policy <path>', 'configuration: a YAML file, or a folder; its secrets are not needed')
    .option('--json', 'one JSON document instead of text', false)
    .addHelpText('after', help)
    .action(run)
}

const help = `
The record holds no bodies, header fields, queries and claims. Where the verdict hangs on them, it is counted as one
that cannot be told, and never guessed; but who was a service by its claims is taken for that service again, where it
may still be. Limits are taken as not used up.

Exit codes: 0 no verdict changes, 1 some would, the record holds nothing to judge, or the configuration has faults,
2 wrong usage.

Examples:
  $ countersign replay audit.jsonl --policy ./config
  $ zcat audit.jsonl.*.gz | countersign replay - --policy ./config --json`

const nothing = 'the record holds no request that policy was asked about: nothing can be said of it'

interface Options {
  readonly policy: string
  readonly json: boolean
}

async function run(files: string[], { policy, json }: Options, command: Command): Promise<void> {
  requireAudit(files, command)
  const config = loadPolicy(policy, command)
  if (!config) return
  const tally = new ReplayTally(createRecordJudge(config))
  await scanAudit(files, tally.add, new Progress())
  if (tally.counts.judged === 0) {
    const why = `${nothing}; ${describeRecord(tally.counts)}`
    fail(why, { ...jsonReplay(tally), ok: false, why }, command)
    return
  }
  process.stdout.write(json ? `${JSON.stringify(jsonReplay(tally), null, 2)}\n` : renderReplay(tally))
  process.exitCode = tally.counts.changed === 0 ? 0 : 1
}
