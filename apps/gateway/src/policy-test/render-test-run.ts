import { styleText } from 'node:util'
import type { TestResult, TestRun } from './run-policy-tests.ts'

/** A run for people: what failed and why, which rules no test touches, and a line that sums up. */
export function renderTestRun({ results, rules, coverage }: TestRun, milliseconds: number): string {
  const failed = results.filter(({ differences }) => differences.length > 0)
  const untouched = rules.filter((rule) => !rule.covered)
  const lines = failed.flatMap(renderFailure)
  if (untouched.length > 0) {
    lines.push(styleText('yellow', 'No test is allowed by:'))
    for (const { label, position } of untouched) lines.push(`  ${label}  ${styleText('dim', position)}`)
    lines.push('')
  }
  const passed = `${results.length - failed.length} passed`
  const parts = [
    failed.length > 0 ? styleText(['bold', 'red'], `${failed.length} failed`) : undefined,
    failed.length > 0 ? passed : styleText(['bold', 'green'], passed),
    `${rules.length - untouched.length} of ${rules.length} rules covered (${Math.floor(coverage)} %)`,
    `${Math.ceil(milliseconds)} ms`,
  ]
  lines.push(parts.filter((part) => part !== undefined).join(', '))
  return `${lines.join('\n')}\n`
}

/** A run as one JSON value. @param ok whether it counts as passed: there is a test, all pass, coverage is enough */
export function jsonTestRun({ results, rules, coverage }: TestRun, ok: boolean): object {
  return {
    ok,
    tests: results.map(({ test: { name, position }, differences, answer }) => ({
      name,
      position,
      ok: differences.length === 0,
      differences,
      explanation: answer && 'explanation' in answer ? answer.explanation : undefined,
      code: answer && ('fault' in answer ? answer.fault.code : answer.explanation.code),
    })),
    rules,
    coverage,
  }
}

function renderFailure({ test, differences }: TestResult): string[] {
  return [
    `${styleText('red', 'FAIL')}  ${styleText('bold', test.name)}  ${styleText('dim', test.position)}`,
    `      ${test.method} ${test.target}`,
    ...differences.map((difference) => `      ${difference}`),
    '',
  ]
}
