import { groupChanges } from './group-changes.ts'
import { type Direction, needsConsent, type PolicyChange } from './policy-change.ts'
import { summaryOf } from './render-diff.ts'

/** A difference as Markdown, for a comment on a pull request. Nothing in a policy can break out of its cell. */
export function renderDiffMarkdown(changes: readonly PolicyChange[]): string {
  const heading = changes.some(needsConsent)
    ? '### This change widens access'
    : '### This change widens nothing'
  const rows = groupChanges(changes).map((group) => {
    const { direction, service, upstream, operations, kind, items = [], before, after, destructive } = group
    const undone = destructive && needsConsent(group) ? ' **cannot be undone**' : ''
    const names = operations.map(code).join(', ')
    const what = [kind, ...items.map(code)].join(' ')
    return `| ${words[direction]} | ${code(service)} | ${code(upstream)} | ${names}${undone} | ${what} | ${code(before)} | ${code(after)} |`
  })
  const table = [
    '| | service | upstream | operations | what | before | after |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ]
  return `${[heading, '', summaryOf(changes), ...(rows.length > 0 ? ['', ...table] : [])].join('\n')}\n`
}

const words: Readonly<Record<Direction, string>> = {
  gained: '**gained**',
  unclear: '**may be a gain**',
  lost: 'lost',
  same: 'no effect',
}

/** As code in a cell: a pipe would end the cell, a backtick the code, a line break the row. */
function code(text: string | null): string {
  if (text === null || text === '') return ''
  const plain = text.replace(/[\r\n]+/g, ' ').replaceAll('|', '\\|')
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? `${fence}${plain}${fence}` : `${fence} ${plain} ${fence}`
}
