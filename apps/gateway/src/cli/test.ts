import { existsSync } from 'node:fs'
import { Command } from 'commander'
import { readTests } from '../policy-test/read-tests.ts'
import { jsonTestRun, renderTestRun } from '../policy-test/render-test-run.ts'
import { runPolicyTests } from '../policy-test/run-policy-tests.ts'
import { TestFileError } from '../policy-test/test-file.ts'
import { watchFolder } from '../policy-test/watch-folder.ts'
import { fail } from './fail.ts'
import { loadPolicy } from './load-policy.ts'

/** `countersign test PATH`: the policy's own tests. */
export function testCommand(): Command {
  return new Command('test')
    .description('Run the policy tests (*.test.yaml) beside a configuration.')
    .argument('<path>', 'configuration: a YAML file, or a folder of them; its secrets are not needed')
    .option('--min-coverage <percent>', 'fail below this share of rules that allow in some test', '0')
    .option('--watch', 'run again whenever a file changes', false)
    .option('--json', 'one JSON document instead of text', false)
    .addHelpText('after', help)
    .action(run)
}

const help = `
A test file, members.test.yaml say, beside the configuration:

  tests:
    - name: provisioning may add viewers
      given: { service: provisioning, claims: { tenant: acme } }
      request: POST /inbox-manager/api/accounts/42/members
      body: { role: viewer }
      expect: { verdict: allow, rule: 1 }
    - name: and no owners
      given: { service: provisioning }
      request: POST /inbox-manager/api/accounts/42/members
      body: { role: owner }
      expect: deny

Exit codes: 0 all pass, 1 a test fails, there is none, or coverage is too low, 2 wrong usage.

Example:
  $ countersign test ./config --min-coverage 100`

interface Options {
  readonly minCoverage: string
  readonly watch: boolean
  readonly json: boolean
}

function run(path: string, options: Options, command: Command): void {
  // An empty text, of a variable that is not set, would be 0.
  const minCoverage = options.minCoverage.trim() === '' ? Number.NaN : Number(options.minCoverage)
  if (!(minCoverage >= 0 && minCoverage <= 100)) command.error('--min-coverage is a number from 0 to 100')
  const again = () => runOnce(path, { ...options, minCoverage }, command)
  // Before the first run: what changes while it lasts is a change.
  if (options.watch && existsSync(path)) {
    watchFolder(path, () => {
      if (existsSync(path)) again()
      else process.stderr.write(`there is no file or folder ${path} any more; waiting for it\n`)
    })
  }
  again()
}

function runOnce(path: string, options: { minCoverage: number; json: boolean }, command: Command): void {
  process.exitCode = 0
  const start = performance.now()
  const config = loadPolicy(path, command)
  if (!config) return
  try {
    const tests = readTests(path)
    const testRun = runPolicyTests(config, tests)
    const took = performance.now() - start
    const isCovered = testRun.coverage >= options.minCoverage
    const passes = testRun.results.every(({ differences }) => differences.length === 0)
    const ok = passes && isCovered && tests.length > 0
    process.stdout.write(
      options.json ? `${JSON.stringify(jsonTestRun(testRun, ok), null, 2)}\n` : renderTestRun(testRun, took),
    )
    if (tests.length === 0) process.stderr.write(`there is no *.test.yaml in or beside ${path}\n`)
    if (!isCovered) process.stderr.write(`less than ${options.minCoverage} % of the rules are covered\n`)
    process.exitCode = ok ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestFileError)) throw error
    const { problems } = error
    fail(problems.join('\n'), { problems }, command)
  }
}
