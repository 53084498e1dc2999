/** The parts of the verifier's report that say what is wrong. */
interface Report {
  readonly errors: readonly { readonly interaction: string; readonly mismatch: Mismatch }[]
}

interface Mismatch {
  /** Present when no answer could be compared. */
  readonly message?: string
  readonly mismatches?: readonly Difference[]
}

interface Difference {
  readonly type: string
  /** Where in a body. */
  readonly path?: string
  /** Which header field. */
  readonly key?: string
  readonly mismatch: string
}

/**
 * What the verifier rejects with, readable: its message is the whole report in one line of JSON. Here each
 * difference is a line of its own, which names consumer, provider, state, interaction and field. The lines are sorted:
 * pact finds differences in no fixed order.
 *
 * @param quotes whether what was answered may be shown, or why nothing was: an address with its query, say
 */
export function explain(error: unknown, quotes = true): string {
  const message = error instanceof Error ? error.message : String(error)
  const report = reportIn(message)
  if (report === undefined) return quotes ? message : 'the verifier failed'
  return report.errors
    .flatMap(({ interaction, mismatch }) => linesOf(interaction, mismatch, quotes))
    .sort()
    .join('\n')
}

function linesOf(interaction: string, { message, mismatches = [] }: Mismatch, quotes: boolean): string[] {
  const name = `✗ ${interaction.replace(/^Verifying a pact between /, '')}`
  const why = message === undefined ? [] : [quotes ? message : 'there was no answer']
  return [...why, ...mismatches.map((difference) => textOf(difference, quotes))].map(
    (text) => `${name}: ${cut(text)}`,
  )
}

/** A whole object that is missing or too much would be a page. */
function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > 240 ? `${line.slice(0, 240)}…` : line
}

/** Texts of pact's that hold nothing of an answer but its status and the names of what it lacks. */
const harmless =
  /^(expected \d+ but was \d+|Expected status code \d+ to be a .*|Actual map is missing the following keys: .*)$/

function textOf({ type, path, key, mismatch }: Difference, quotes: boolean): string {
  const where = path ?? key
  const place = `${type}${where === undefined ? '' : ` ${where}`}`
  return quotes || harmless.test(mismatch) ? `${place}: ${mismatch}` : place
}

function reportIn(message: string): Report | undefined {
  try {
    const report: Partial<Report> = JSON.parse(message)
    return report.errors === undefined ? undefined : { errors: report.errors }
  } catch {
    return undefined
  }
}
