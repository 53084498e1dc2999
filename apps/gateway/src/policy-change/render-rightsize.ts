import { styleText } from 'node:util'
import type { GrantUsage } from './grant-usage.ts'
import type { Shrinking, UnusedGrant } from './shrink-policy.ts'
import { textTable } from './text-table.ts'
import type { PolicyPatch } from './write-patch.ts'

/** What a rightsizing found. */
export interface Rightsizing extends Shrinking {
  readonly usage: GrantUsage
  readonly patch: PolicyPatch
}

/** The findings for people, without the patch. */
export function renderRightsize({ usage, unused, idle, smaller, patch }: Rightsizing, cwd: string): string {
  const { counts, period } = usage
  const lines: string[] = []
  if (unused.length > 0) {
    lines.push(styleText('bold', 'Nobody used these grants:'), unusedTable(unused), '')
  }
  if (idle.length > 0) {
    lines.push(
      styleText('bold', 'Nobody used these, and another rule allows the same:'),
      unusedTable(idle),
      '',
    )
  }
  for (const { rule } of patch.left) {
    lines.push(
      `${rule.label} (${rule.position}) is left as it is: an anchor or alias makes it part of others`,
    )
  }
  const seen = `${number(counts.allowed)} allowed requests${period ? ` from ${period.from} to ${period.to}` : ''}`
  const found =
    smaller.length === 0
      ? styleText(['bold', 'green'], 'every grant was used')
      : `${number(unused.length)} unused`
  const beside = idle.length > 0 ? [`${number(idle.length)} beside another rule`] : []
  const torn = counts.torn > 0 ? [styleText('yellow', `${number(counts.torn)} torn lines`)] : []
  const unmatched =
    counts.unmatched > 0
      ? [styleText('yellow', `${number(counts.unmatched)} that this policy does not allow`)]
      : []
  lines.push([found, ...beside, seen, ...unmatched, ...torn].join(', '))
  if (patch.text !== '') {
    const at = patch.folder === cwd ? '' : ` -d ${patch.folder}`
    lines.push(`The smaller policy is the patch on standard output; apply it with: patch -p0${at}`)
  }
  return `${lines.join('\n')}\n`
}

/** The findings as one JSON value. */
export function jsonRightsize({ usage, unused, idle, smaller, patch }: Rightsizing): object {
  return {
    ok: smaller.length === 0,
    counts: usage.counts,
    period: usage.period ?? null,
    unused,
    idle,
    left: patch.left.map(({ rule: { label, position } }) => ({ label, position })),
    folder: patch.folder,
    patch: patch.text,
  }
}

/** The members of {@link jsonRightsize} where the record holds nothing that anything could be found by. */
export function jsonUnsaid({ counts, period }: GrantUsage): object {
  return { counts, period: period ?? null, unused: [], idle: [], left: [], folder: null, patch: '' }
}

/** A patch with the colours that everyone knows. */
export function colourPatch(patch: string): string {
  return patch.replace(/^(?:(\+.*)|(-.*)|(@@.*))$/gm, (line, added, removed) =>
    styleText(added ? 'green' : removed ? 'red' : 'cyan', line),
  )
}

function unusedTable(unused: readonly UnusedGrant[]): string {
  return textTable(
    ['SERVICE', 'UPSTREAM', 'OPERATION', 'GRANTED BY'],
    unused.map(({ service, upstream, operation, destructive, positions }) => [
      service,
      upstream,
      destructive ? `${operation} ${styleText('red', '(cannot be undone)')}` : operation,
      styleText('dim', positions.join(', ')),
    ]),
  )
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
