import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { findTestFiles } from '../policy-test/find-test-files.ts'
import { jsonTestRun, renderTestRun } from '../policy-test/render-test-run.ts'
import { runPolicyTests } from '../policy-test/run-policy-tests.ts'
import { parseTests, TestFileError } from '../policy-test/test-file.ts'
import { watchFolder } from '../policy-test/watch-folder.ts'
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
  const minCoverage = Number(options.minCoverage)
  if (!(minCoverage >= 0 && minCoverage <= 100)) command.error('--min-coverage is a number from 0 to 100')
  runOnce(path, { ...options, minCoverage }, command)
  if (options.watch) watchFolder(path, () => runOnce(path, { ...options, minCoverage }, command))
}

function runOnce(path: string, options: { minCoverage: number; json: boolean }, command: Command): void {
  process.exitCode = 0
  const start = performance.now()
  const config = loadPolicy(path, command)
  if (!config) return
  try {
    const tests = findTestFiles(path).flatMap((file) => parseTests(file, readFileSync(file, 'utf8')))
    const testRun = runPolicyTests(config, tests)
    const took = performance.now() - start
    process.stdout.write(
      options.json ? `${JSON.stringify(jsonTestRun(testRun), null, 2)}\n` : renderTestRun(testRun, took),
    )
    const isCovered = testRun.coverage >= options.minCoverage
    const passes = testRun.results.every(({ differences }) => differences.length === 0)
    if (tests.length === 0) process.stderr.write(`there is no *.test.yaml in or beside ${path}\n`)
    if (!isCovered) process.stderr.write(`less than ${options.minCoverage} % of the rules are covered\n`)
    process.exitCode = passes && isCovered && tests.length > 0 ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestFileError)) throw error
    process.stderr.write(`${error.problems.join('\n')}\n`)
    process.exitCode = 1
  }
}
