import { styleText } from 'node:util'
import { textTable } from '../policy-change/text-table.ts'
import { isUnmet, type JudgedNeed } from './judge-needs.ts'
import { nameOf } from './need.ts'
import type { SkippedPact } from './read-needs.ts'
import type { UnusedGrant } from './unused-grants.ts'

/** What a check found. */
export interface ContractCheck {
  readonly judged: readonly JudgedNeed[]
  readonly skipped: readonly SkippedPact[]
  /** `undefined` where nobody asked. */
  readonly unused: readonly UnusedGrant[] | undefined
}

/** Nothing that somebody has to mend. */
export function isFine({ judged, unused = [] }: ContractCheck): boolean {
  return unused.length === 0 && !judged.some(isUnmet)
}

/** A check as one JSON value. */
export function jsonCheck(check: ContractCheck): object {
  return {
    ok: isFine(check),
    needs: check.judged.map(({ need, service, outcome, explanation, why, remedy }) => ({
      consumer: need.consumer,
      service,
      states: need.states,
      interaction: need.description,
      method: need.request.method,
      target: need.request.target,
      wants: need.wants.outcome,
      outcome,
      upstream: explanation?.upstream,
      operation: explanation?.operation,
      rule: explanation?.rule && { label: explanation.rule.label, position: explanation.rule.position },
      scopes: explanation?.token?.scopes,
      audience: explanation?.token?.audience,
      why,
      remedy,
    })),
    unused: check.unused,
    skipped: check.skipped,
  }
}

/** A check for people: each consumer, each interaction in a line, and what to do about those that fail. */
export function renderCheck(check: ContractCheck): string {
  const { judged, skipped, unused } = check
  const blocks = [...Map.groupBy(judged, ({ need }) => need.consumer)].map(([consumer, own]) =>
    [heading(consumer, own), ...strangerLines(own), ...own.flatMap(needLines)].join('\n'),
  )
  if (skipped.length > 0) blocks.push(skippedBlock(skipped))
  if (unused && unused.length > 0) blocks.push(unusedBlock(unused))
  blocks.push(verdict(check))
  return `${blocks.join('\n\n')}\n`
}

function heading(consumer: string, own: readonly JudgedNeed[]): string {
  const services = [...new Set(own.map(({ service }) => service))].filter((name) => name !== consumer)
  return styleText('bold', services.length > 0 ? `${consumer} (as ${services.join(', ')})` : consumer)
}

const marks: Readonly<Record<JudgedNeed['outcome'], string>> = {
  met: styleText('green', '✓'),
  unmet: styleText('red', '✗'),
  stranger: styleText('red', '✗'),
  shadow: styleText('yellow', '?'),
  unasked: styleText('dim', '-'),
}

/** Said once: it is the same for every interaction. */
function strangerLines(own: readonly JudgedNeed[]): readonly string[] {
  const [first] = own.filter(({ outcome }) => outcome === 'stranger')
  if (!first) return []
  return [
    `  ${first.why}`,
    '  `countersign contracts suggest --services` writes the smallest one that it needs',
  ]
}

function needLines({ need, outcome, why, remedy }: JudgedNeed): readonly string[] {
  const [path] = need.request.target.split('?')
  const name = outcome === 'met' ? need.description : nameOf(need)
  const lines = [`  ${marks[outcome]} ${name}  ${styleText('dim', `${need.request.method} ${path}`)}`]
  if (outcome === 'stranger') return lines
  lines.push(`      ${why}`)
  if (remedy) lines.push(`      this would allow it, under ${remedy.under}:`, indented(remedy.yaml))
  return lines
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `        ${line}`)
    .join('\n')
}

function skippedBlock(skipped: readonly SkippedPact[]): string {
  const rows = skipped.map(({ consumer, provider, interactions, why }) => [
    `${consumer} → ${provider}`,
    String(interactions),
    why,
  ])
  return `${styleText('bold', 'Skipped')}\n${textTable(['PACT', 'INTERACTIONS', 'WHY'], rows)}`
}

function unusedBlock(unused: readonly UnusedGrant[]): string {
  const rows = unused.map(({ kind, service, upstream, name, destructive, positions }) => [
    service,
    upstream,
    `${kind === 'scope' ? 'scope ' : ''}${name}${destructive && kind === 'operation' ? styleText('red', ' (cannot be undone)') : ''}`,
    styleText('dim', positions.join(', ')),
  ])
  return `${styleText('bold', 'No contract needs these grants')}\n${textTable(['SERVICE', 'UPSTREAM', 'GRANT', 'GRANTED BY'], rows)}`
}

function verdict(check: ContractCheck): string {
  const count = (outcome: JudgedNeed['outcome']) =>
    check.judged.filter((each) => each.outcome === outcome).length
  const parts = [`${count('met')} needs met`]
  const unmet = check.judged.filter(isUnmet).length
  if (unmet > 0) parts.push(styleText('red', `${unmet} not met`))
  if (count('shadow') > 0) parts.push(styleText('yellow', `${count('shadow')} by shadow only`))
  if (count('unasked') > 0) parts.push(`${count('unasked')} not for policy to say`)
  if (check.unused) parts.push(`${check.unused.length} grants that no contract needs`)
  return (
    styleText(isFine(check) ? ['bold', 'green'] : ['bold', 'red'], isFine(check) ? 'ok' : 'not ok') +
    `  ${parts.join(', ')}`
  )
}
