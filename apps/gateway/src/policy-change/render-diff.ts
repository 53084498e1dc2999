import { styleText } from 'node:util'
import { type ChangeGroup, groupChanges } from './group-changes.ts'
import { type Direction, needsConsent, type PolicyChange } from './policy-change.ts'

/** A difference for people, by service. Colours only where a terminal shows them. */
export function renderDiff(changes: readonly PolicyChange[]): string {
  if (changes.length === 0) return 'Nobody gains or loses anything.\n'
  const lines: string[] = []
  let service: string | undefined
  for (const group of groupChanges(changes)) {
    if (group.service !== service)
      lines.push(...(service === undefined ? [] : ['']), styleText('bold', group.service))
    service = group.service
    lines.push(...renderGroup(group))
  }
  return `${lines.join('\n')}\n\n${summaryOf(changes)}\n`
}

/** What the changes come to, in one line. */
export function summaryOf(changes: readonly PolicyChange[]): string {
  const count = (direction: Direction) => changes.filter((change) => change.direction === direction).length
  const parts = [
    [count('gained'), 'gained'],
    [count('unclear'), 'that may be a gain'],
    [count('lost'), 'lost'],
    [count('same'), 'without effect on who may call what'],
  ] as const
  const told = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`)
  return told.length === 0 ? 'Nobody gains or loses anything.' : `${told.join(', ')}.`
}

const signs: Readonly<Record<Direction, string>> = { gained: '+', unclear: '?', lost: '-', same: '=' }
const colours = { gained: 'red', unclear: 'yellow', lost: 'green', same: 'dim' } as const

function renderGroup(group: ChangeGroup): string[] {
  const { direction, kind, upstream, operations, before, after, position } = group
  const what = kind === 'operation' ? '' : `${kind}: `
  const where = upstream === null ? '' : `${upstream}  ${operations.join(', ')}`
  const undone = group.destructive && needsConsent(group) ? styleText('bold', '  cannot be undone') : ''
  const place = position === null ? '' : styleText('dim', `  ${position}`)
  const head = upstream === null ? `${what}${after ?? before}` : where
  const body = upstream === null ? [] : [`      ${what}${spellChange(group)}`]
  return [`  ${styleText(colours[direction], `${signs[direction]} ${head}`)}${undone}${place}`, ...body]
}

function spellChange({ direction, before, after, items = [] }: ChangeGroup): string {
  const change = before !== null && after !== null ? `${before} → ${after}` : (after ?? before ?? '')
  if (items.length === 0) return change
  return `${direction === 'gained' ? 'gains' : 'loses'} ${items.join(' ')} (${change})`
}
