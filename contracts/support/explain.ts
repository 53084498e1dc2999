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

/** What the verifier rejects with, readable: its message is the whole report in one line of JSON. */
export function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const report = reportIn(message)
  if (report === undefined) return message
  return report.errors
    .flatMap(({ interaction, mismatch: { message: why, mismatches = [] } }) => [
      `✗ ${interaction.replace(/^Verifying a pact between /, '')}`,
      ...(why === undefined ? [] : [`    ${why}`]),
      ...mismatches.map(lineOf),
    ])
    .join('\n')
}

function lineOf({ type, path, key, mismatch }: Difference): string {
  const where = path ?? key
  return `    ${type}${where === undefined ? '' : ` ${where}`}: ${mismatch}`
}

function reportIn(message: string): Report | undefined {
  try {
    const report: Partial<Report> = JSON.parse(message)
    return report.errors === undefined ? undefined : { errors: report.errors }
  } catch {
    return undefined
  }
}
