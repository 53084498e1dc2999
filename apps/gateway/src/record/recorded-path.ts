import { percentDecoded } from '../edge/percent-decoded.ts'

/** What a compact JWS (RFC 7515 3.1) is made of. Runs of it are looked at one after the other, each once. */
const runs = /[A-Za-z0-9_.-]+/g

/**
 * A request target as it may be put on record: without the query, which may hold what nobody meant to record,
 * and without a token that stands in the path, percent-encoded or not.
 */
export function recordedPath(target = ''): string {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  if (!path.includes('%')) return withoutTokens(path)
  return path.split('/').map(recordedSegment).join('/')
}

function recordedSegment(segment: string): string {
  const decoded = percentDecoded(segment)
  const clean = withoutTokens(decoded)
  return clean === decoded ? segment : clean
}

/** What is glued to the end of a token goes with it, since that may be another one. */
function withoutTokens(text: string): string {
  return text.replace(runs, (run) => {
    const start = tokenStart(run)
    return start === -1 ? run : `${run.slice(0, start)}[token]`
  })
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
