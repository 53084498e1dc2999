// What JSON leaves as it is and a terminal, a log viewer or an editor acts on: C1 controls (one of them begins
// an escape sequence), line and paragraph separators, and the marks that turn text around.
const acted = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g
/** Nothing to escape: printable ASCII without quotation mark and backslash. */
const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

/**
 * JSON on one line that looks on every screen like what it says: callers choose paths and claims, and people
 * read them. Parses to the same value as what `JSON.stringify` gives.
 *
 * A line of the record is a flat object of short plain texts. Written member by member it takes two thirds of
 * the time; whatever is anything else is left to `JSON.stringify`.
 */
export function printableJson(value: object): string {
  if (Array.isArray(value) || 'toJSON' in value) return escapedJson(value) ?? 'null'
  let members = ''
  for (const [name, member] of Object.entries(value)) {
    const text = memberJson(member)
    if (text !== undefined) members += `${members === '' ? '' : ','}${textJson(name)}:${text}`
  }
  return `{${members}}`
}

/** `undefined` for what JSON leaves out. */
function memberJson(value: unknown): string | undefined {
  if (typeof value === 'string') return textJson(value)
  return Number.isSafeInteger(value) ? `${value}` : escapedJson(value)
}

function textJson(text: string): string {
  return plain.test(text) ? `"${text}"` : (escapedJson(text) ?? 'null')
}

function escapedJson(value: unknown): string | undefined {
  const json: string | undefined = JSON.stringify(value)
  return json?.replaceAll(acted, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
