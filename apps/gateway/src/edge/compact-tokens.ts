/** What a compact JWS (RFC 7515 3.1) is made of. Runs of it are looked at one after the other, each once. */
const runs = /[A-Za-z0-9_.-]+/g

/**
 * The text with `[token]` in place of what looks like a compact JWS; what is glued to its end goes with it, since
 * that may be another one.
 */
export function withoutTokens(text: string): string {
  // Nearly no path has two dots, and what has not holds no token.
  if (text.indexOf('.') === text.lastIndexOf('.')) return text
  return text.replace(runs, (run) => {
    const start = tokenStart(run)
    return start === -1 ? run : `${run.slice(0, start)}[token]`
  })
}

/** Parts of the text that may be the claims of a compact JWS, still encoded. Shorter ones name nobody. */
export function possibleClaims(text: string): string[] {
  if (!text.includes('.e')) return []
  const found = text.match(runs) ?? []
  return found.flatMap((run) => run.split('.').slice(1, -1)).filter((part) => /^e[wy].{14}/.test(part))
}

/**
 * Where in a run a token begins, or -1: its first part is a JSON object, and so begins with "ey" or "ew"; two
 * dots; and parts that are longer than those of names of files.
 */
function tokenStart(run: string): number {
  const parts = run.split('.')
  let offset = 0
  for (const [at, part] of parts.slice(0, -2).entries()) {
    const begin = part.search(/e[wy]/)
    if (begin !== -1 && part.length - begin >= 16 && (parts[at + 1]?.length ?? 0) >= 14) return offset + begin
    offset += part.length + 1
  }
  return -1
}
