// What JSON leaves as it is and a terminal, a log viewer or an editor acts on: C1 controls (one of them begins
// an escape sequence), line and paragraph separators, and the marks that turn text around.
const acted = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g

/**
 * JSON on one line that looks on every screen like what it says: callers choose paths and claims, and people
 * read them. Parses to the same value as what `JSON.stringify` gives.
 */
export function printableJson(value: object): string {
  const json = JSON.stringify(value)
  return isPlain(json) ? json : json.replaceAll(acted, escaped)
}

/** Nearly every line is ASCII without DEL, the one of its controls that JSON leaves. A regular expression takes five times as long. */
function isPlain(json: string): boolean {
  return Buffer.byteLength(json) === json.length && !json.includes('\u007f')
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
