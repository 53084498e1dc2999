import { Command } from 'commander'
import { diffPolicies } from '../policy-change/diff-policies.ts'
import { needsConsent } from '../policy-change/policy-change.ts'
import { renderDiff } from '../policy-change/render-diff.ts'
import { renderDiffMarkdown } from '../policy-change/render-diff-markdown.ts'
import { loadPolicies } from './load-policy.ts'

/** `countersign diff OLD NEW`: who gains or loses what. */
export function diffCommand(): Command {
  return new Command('diff')
    .description('Say who gains or loses which operation between two configurations.')
    .argument('<old>', 'configuration: a YAML file, or a folder of them; its secrets are not needed')
    .argument('<new>', 'the one that is to replace it')
    .option('--json', 'one JSON document instead of text', false)
    .option('--markdown', 'a table for a comment on a pull request', false)
    .option('--allow-gains', 'exit 0 even where something is gained', false)
    .addHelpText('after', help)
    .action(run)
}

const help = `
Effects are compared, not texts. What cannot be shown to be no gain (a condition that says something else) counts
as one: + gained, ? may be a gain, - lost, = no effect.

Exit codes: 0 nothing is gained, 1 something is, or a configuration has faults, 2 wrong usage.

Examples:
  $ countersign diff ./config-on-main ./config
  $ countersign diff ./config-on-main ./config --markdown | gh pr comment --body-file -`

interface Options {
  readonly json: boolean
  readonly markdown: boolean
  readonly allowGains: boolean
}

function run(...[oldPath, newPath, options, command]: [string, string, Options, Command]): void {
  if (options.json && options.markdown) command.error('choose one of --json and --markdown')
  const [old, now] = loadPolicies([oldPath, newPath], command) ?? []
  if (!old || !now) return
  const changes = diffPolicies(old.policy, now.policy)
  const gains = changes.some(needsConsent)
  if (options.json) process.stdout.write(`${JSON.stringify({ gains, changes }, null, 2)}\n`)
  else process.stdout.write(options.markdown ? renderDiffMarkdown(changes) : renderDiff(changes))
  process.exitCode = gains && !options.allowGains ? 1 : 0
}
