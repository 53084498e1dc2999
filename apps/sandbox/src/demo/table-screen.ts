import { styleText } from 'node:util'
import type { CallRow } from './call-row.ts'
import type { Screen } from './screen.ts'

type Style = Parameters<typeof styleText>[0]

interface Column {
  readonly title: string
  readonly width: number
  readonly text: (row: CallRow) => string
  readonly style?: (row: CallRow) => Style
}

const columns: readonly Column[] = [
  { title: 'service', width: 15, text: ({ service }) => service, style: () => 'bold' },
  { title: 'upstream', width: 13, text: ({ upstream }) => upstream },
  { title: 'operation', width: 21, text: ({ operation }) => operation ?? '—' },
  { title: 'verdict', width: 7, text: ({ verdict }) => verdict, style: ({ verdict }) => colourOf(verdict) },
  { title: 'status', width: 6, text: ({ status }) => String(status) },
  { title: 'token', width: 16, text: ({ token }) => token ?? '—', style: () => 'dim' },
  { title: 'from', width: 10, text: ({ origin }) => origin ?? '—' },
  { title: 'ms', width: 6, text: ({ ms }) => ms.toFixed(1).padStart(6) },
  { title: 'rule or refusal', width: 0, text: reasonOf, style: () => 'dim' },
]

/** A line per call, aligned. In a terminal with colours, and with the call that is under way. */
export function createTableScreen(out: NodeJS.WriteStream): Screen {
  const paint = (style: Style, text: string) => (out.isTTY ? styleText(style, text, { stream: out }) : text)
  const line = (text: string) => void out.write(`${out.isTTY ? '\r\x1b[2K' : ''}${text}\n`)
  line(paint('underline', columns.map(({ title, width }) => title.padEnd(width)).join('  ')))
  return {
    pending(text) {
      if (out.isTTY) out.write(`\r\x1b[2K${paint('dim', text)}`)
    },
    row(row, wrong) {
      const cells = columns.map(({ width, text, style }) => {
        const cell = text(row).padEnd(width)
        return style === undefined ? cell : paint(style(row), cell)
      })
      line(cells.join('  '))
      if (row.attempts > 1)
        line(paint('dim', '  └ the upstream refused the token: a new one, sent once more'))
      for (const fault of wrong) line(paint('red', `  ✗ ${fault}`))
    },
    note: (text) => line(paint('cyan', `— ${text}`)),
    page: (text) => void out.write(text),
  }
}

function colourOf(verdict: CallRow['verdict']): Style {
  return verdict === 'allow' ? 'green' : 'yellow'
}

/** With the scopes of the token, where there are any: they come from the rule. */
function reasonOf({ reason, scopes, token }: CallRow): string {
  return scopes === '' || token === null ? reason : `${reason}: ${scopes}`
}
