import type { Policy } from '@countersign/auth-core'
import { createHypotheticals, type HypotheticalAnswer } from '../authorize/hypothetical.ts'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { suggest } from '../config/suggest.ts'
import { judgeTest } from './judge-test.ts'
import type { PolicyTest } from './test-file.ts'

/** What became of one test. */
export interface TestResult {
  readonly test: PolicyTest
  /** What differs from what was expected; empty for a test that passes. */
  readonly differences: readonly string[]
  /** `undefined` for a service or an issuer that does not exist. */
  readonly answer: HypotheticalAnswer | undefined
}

/** A rule, and whether it has decided in any test. */
export interface RuleCoverage {
  readonly label: string
  readonly position: string
  readonly covered: boolean
}

/** A run of tests. */
export interface TestRun {
  readonly results: readonly TestResult[]
  readonly rules: readonly RuleCoverage[]
  /** Rules that allowed in a test, in percent; 100 where there are none. */
  readonly coverage: number
}

/** Runs tests against a configuration: the proxy's own decision, no network, no secret. */
export function runPolicyTests(config: LoadedConfig, tests: readonly PolicyTest[]): TestRun {
  const ask = createHypotheticals(config)
  const results = tests.map((test): TestResult => {
    const { given } = test
    if ('service' in given && !config.services.has(given.service)) {
      const hint = suggest(given.service, config.services.keys())
      return { test, answer: undefined, differences: [`there is no service "${given.service}"; ${hint}`] }
    }
    if ('issuer' in given && !config.issuers.has(given.issuer)) {
      // Denied as well, as a stranger: such a test would pass for ever.
      const hint = suggest(given.issuer, config.issuers.keys())
      return { test, answer: undefined, differences: [`there is no issuer "${given.issuer}"; ${hint}`] }
    }
    const answer = ask({ ...test, caller: given })
    return { test, answer, differences: judgeTest(test.expect, answer) }
  })
  const rules = coverageOf(config.policy, results)
  const covered = rules.filter((rule) => rule.covered).length
  return { results, rules, coverage: rules.length === 0 ? 100 : (covered / rules.length) * 100 }
}

function coverageOf(policy: Policy, results: readonly TestResult[]): readonly RuleCoverage[] {
  const deciding = new Set(
    results.map(({ answer }) => answer && 'explanation' in answer && answer.explanation.rule?.label),
  )
  return [...policy.services.values()].flatMap(({ rules }) =>
    rules.map(({ label, position }) => ({ label, position, covered: deciding.has(label) })),
  )
}
