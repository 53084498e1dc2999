import { Command } from 'commander'
import { judgeNeeds } from '../contracts/judge-needs.ts'
import { isFine, jsonCheck, renderCheck } from '../contracts/render-check.ts'
import { findUnusedGrants } from '../contracts/unused-grants.ts'
import { loadPolicy } from './load-policy.ts'
import { type PactOptions, readPactOptions, whoIsWho, withPactOptions } from './pact-options.ts'

/** `countersign contracts check --pacts DIR --policy PATH`: does the policy allow what the contracts need? */
export function contractsCheckCommand(): Command {
  return withPactOptions(new Command('check'))
    .description(
      'Say for every interaction whether the policy allows it, by which rule and with which scopes.',
    )
    .requiredOption('--policy <path>', 'configuration: a YAML file, or a folder; its secrets are not needed')
    .option('--least-privilege', 'grants that no contract needs are findings too', false)
    .option('--json', 'one JSON document instead of text', false)
    .addHelpText('after', help)
    .action(run)
}

const help = `${whoIsWho}

Exit codes: 0 every need is met, 1 one is not, or a grant is not needed, 2 wrong usage.

Examples:
  $ countersign contracts check --pacts ./pacts --policy ./config
  $ countersign contracts check --pacts ./pacts --policy ./config --least-privilege --json`

interface Options extends PactOptions {
  readonly policy: string
  readonly leastPrivilege: boolean
  readonly json: boolean
}

function run(options: Options, command: Command): void {
  const found = readPactOptions(options, command)
  if (!found) return
  const config = loadPolicy(options.policy, command)
  if (!config) return
  const judged = judgeNeeds(found.needs, config, found)
  const unused = options.leastPrivilege ? findUnusedGrants(config, judged) : undefined
  const check = { judged, skipped: found.skipped, unused }
  const text = options.json ? `${JSON.stringify(jsonCheck(check), null, 2)}\n` : renderCheck(check)
  process.stdout.write(text)
  process.exitCode = isFine(check) ? 0 : 1
}
