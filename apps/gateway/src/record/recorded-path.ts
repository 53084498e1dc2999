import { withoutTokens } from '../edge/compact-tokens.ts'
import { percentDecoded } from '../edge/percent-decoded.ts'
import { flatText } from '../flat-text.ts'

/**
 * A request target as it may be put on record: without the query, which may hold what nobody meant to record,
 * and without a token that stands in the path, percent-encoded or not.
 */
export function recordedPath(target = ''): string {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : flatText(target.slice(0, mark))
  if (!path.includes('%')) return withoutTokens(path)
  return path.split('/').map(recordedSegment).join('/')
}

function recordedSegment(segment: string): string {
  const decoded = percentDecoded(segment)
  const clean = withoutTokens(decoded)
  return clean === decoded ? segment : clean
}
