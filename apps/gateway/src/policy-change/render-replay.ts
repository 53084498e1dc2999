import { styleText } from 'node:util'
import type { ReplayGroup, ReplayTally } from './replay-tally.ts'
import { textTable } from './text-table.ts'

/** A replay for people: what changes, what cannot be told, and a line that sums up. */
export function renderReplay(tally: ReplayTally): string {
  const { counts } = tally
  const parts: string[] = []
  if (counts.changed > 0) {
    parts.push(`${styleText(['bold', 'red'], 'These requests would be answered otherwise:')}`)
    parts.push(`${groupTable(tally.changed())}\n`)
  }
  if (counts.unknown > 0) {
    parts.push(
      styleText('yellow', 'Of these it cannot be told: it hangs on what the record does not hold (MISSING).'),
    )
    parts.push(`${groupTable(tally.unknown())}\n`)
  }
  const drift = counts.changed === 0 ? styleText(['bold', 'green'], 'no drift') : `${counts.changed} change`
  const rest = [
    counts.unknown > 0 ? `${number(counts.unknown)} cannot be told` : undefined,
    counts.undecided > 0 ? `${number(counts.undecided)} ended without a verdict of policy` : undefined,
    counts.torn > 0 ? styleText('yellow', `${number(counts.torn)} torn lines`) : undefined,
  ].filter((part) => part !== undefined)
  parts.push([drift, `${number(counts.judged)} requests judged`, ...rest].join(', '))
  return `${parts.join('\n')}\n`
}

/** A replay as one JSON value. */
export function jsonReplay(tally: ReplayTally): object {
  const { counts } = tally
  return { ok: counts.changed === 0, counts, changed: tally.changed(), unknown: tally.unknown() }
}

function groupTable(groups: readonly ReplayGroup[]): string {
  return textTable(
    ['SERVICE', 'UPSTREAM', 'OPERATION', 'VERDICT', 'COUNT', 'MISSING', 'EXAMPLE'],
    groups.map(({ service, upstream, operation, before, after, count, missing, example }) => [
      service,
      upstream,
      operation,
      `${before} → ${after === 'unknown' ? '?' : styleText(after === 'deny' ? 'red' : 'yellow', after)}`,
      number(count),
      after === 'unknown' ? missing.join(', ') : '',
      styleText('dim', example),
    ]),
  )
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
