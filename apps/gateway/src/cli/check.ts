import { existsSync } from 'node:fs'
import { presets } from '@countersign/auth-core'
import { Command } from 'commander'
import { ConfigFaults } from '../config/config-faults.ts'
import { loadConfig } from '../config/load.ts'
import { renderFaults } from '../config/render-faults.ts'
import { listOperations, renderOperations } from './operation-list.ts'
import { renderWarnings } from './render-warnings.ts'
import { renderSummary, summarize } from './summary.ts'
import { usageExit } from './usage-exit.ts'

/** `countersign check PATH`: every fault at once, or what the configuration amounts to. */
export function checkCommand(): Command {
  return new Command('check')
    .description(
      'Validate a configuration and print what it amounts to, or everything that is wrong with it.',
    )
    .argument('<path>', 'one YAML file, or a folder whose *.yaml files are merged')
    .option('--policy-only', 'for CI: secrets, variables and files that are not there are no faults', false)
    .option('--operations', 'list every operation as well, with its route and scopes', false)
    .option('--json', 'one JSON document instead of text', false)
    .addHelpText('after', help)
    .exitOverride(usageExit)
    .action((path: string, options: Options) => {
      process.exitCode = check(path, options)
    })
}

const help = `
A configuration is complete only with what it refers to: the variables and files that \${env:NAME} and
\${file:PATH} name. Without them, --policy-only checks all the rest; the gateway itself starts only with them.
Warnings are about what is allowed to be so and may not be meant; they do not change the exit code.

Exit codes: 0 the configuration is fine, 1 it has faults, 2 wrong usage.

Examples:
  $ countersign check ./config
  $ countersign check examples/platform --policy-only
  $ countersign check ./config --policy-only --operations
  $ countersign check ./config --json | jq -r '.faults[] | "\\(.file):\\(.line): \\(.message)"'
`

interface Options {
  readonly policyOnly: boolean
  readonly operations: boolean
  readonly json: boolean
}

function check(path: string, { policyOnly, json, ...wanted }: Options): number {
  if (!existsSync(path)) {
    process.stderr.write(`countersign check: there is no file or folder ${path}\n`)
    return 2
  }
  try {
    const config = loadConfig(path, { env: process.env, presets, policyOnly })
    const { warnings } = config
    const summary = summarize(config)
    const operations = wanted.operations ? listOperations(config) : undefined
    const document = { ok: true, ...summary, operations, warnings }
    const parts = [
      renderSummary(summary),
      operations && renderOperations(operations),
      renderWarnings(warnings),
    ]
    process.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : parts.filter(Boolean).join('\n'))
    return 0
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error
    const { faults, sources } = error
    if (json) process.stdout.write(`${JSON.stringify({ ok: false, faults }, null, 2)}\n`)
    else
      process.stderr.write(
        `${renderFaults(faults, sources)}\n\n${count(faults.length, 'fault')} in ${path}\n`,
      )
    return 1
  }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
