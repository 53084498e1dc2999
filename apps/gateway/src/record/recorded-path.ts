import { percentDecoded } from '../edge/percent-decoded.ts'

// A compact JWS: its first part is a JSON object, so it begins with "ey" or "ew". Shorter parts are names of
// files; what is glued to its end goes with it, since that may be another one.
const token = /e[wy][A-Za-z0-9_-]{14,}\.[A-Za-z0-9_-]{14,}\.[A-Za-z0-9_.-]*/g

/**
 * A request target as it may be put on record: without the query, which may hold what nobody meant to record,
 * and without a token that stands in the path, percent-encoded or not.
 */
export function recordedPath(target = ''): string {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  if (!path.includes('%')) return path.replace(token, '[token]')
  return path.split('/').map(recordedSegment).join('/')
}

function recordedSegment(segment: string): string {
  const decoded = percentDecoded(segment)
  const clean = decoded.replace(token, '[token]')
  return clean === decoded ? segment : clean
}
