import type { HypotheticalAnswer } from '../authorize/hypothetical.ts'
import { unreached } from '../authorize/what-was-meant.ts'
import type { PolicyExpectation } from './test-file.ts'

/** Compares what was expected with what became of it. @returns one sentence for each difference */
export function judgeTest(expected: PolicyExpectation, answer: HypotheticalAnswer): readonly string[] {
  const actual = actualOf(answer)
  const differences: string[] = []
  if (actual.verdict !== expected.verdict) {
    differences.push(`expected ${expected.verdict}, got ${actual.verdict}${actual.why}`)
  } else if (unreached(answer) !== undefined && expected.code === undefined) {
    // A misspelt path is denied as well: such a test would pass for ever and prove nothing.
    differences.push(
      `the request reaches no operation (${unreached(answer)?.code}); say expect.code: ${actual.code} if it is meant`,
    )
  }
  function compare(what: string, wanted: string | undefined, got: string): void {
    if (wanted !== undefined && wanted !== got) differences.push(`expected ${what} ${wanted}, got ${got}`)
  }
  const { rule, scopes, audience, code } = expected
  compare('rule', typeof rule === 'number' ? `allow[${rule}]` : rule, ruleName(actual.rule, rule))
  compare('scopes', scopes && list(scopes), list(actual.scopes))
  compare('audience', audience, actual.audience ?? 'none')
  compare('code', code, actual.code ?? 'none')
  return differences
}

function actualOf(answer: HypotheticalAnswer) {
  if ('fault' in answer) {
    const { code, says } = answer.fault
    return { verdict: 'deny', code, rule: undefined, scopes: [], audience: undefined, why: `: ${says}` }
  }
  const { verdict, code, rule, token, closest } = answer.explanation
  return {
    verdict,
    code,
    rule: rule?.label,
    scopes: token?.scopes ?? [],
    audience: token?.audience,
    why: rule
      ? ` by ${rule.label} (${rule.position})`
      : closest
        ? `: ${closest.label}: ${closest.misfit}`
        : '',
  }
}

/** As the test names it: by its place in the list, or by its whole label. */
function ruleName(label: string | undefined, wanted: number | string | undefined): string {
  if (label === undefined) return 'none'
  return typeof wanted === 'number' ? label.slice(label.lastIndexOf(' ') + 1) : label
}

function list(items: readonly string[]): string {
  return `[${[...items].sort().join(', ')}]`
}
