import { Fault } from '@countersign/auth-core'

/** A request target that has exactly one reading. */
export interface CanonicalTarget {
  /** The path as it came, percent-encoding and all. This, and nothing made from it, goes upstream. */
  readonly path: string
  /** `?` and the query as it came; empty without one. */
  readonly query: string
  /** The path's segments, decoded once: what policy sees. A trailing slash gives an empty last segment. */
  readonly segments: readonly string[]
}

// RFC 3986 3.3 pchar and "/", without ";" whose parameters one server reads and the next one strips.
const pathCharacters = /^[A-Za-z0-9\-._~!$&'()*+,=:@/%]*$/
// RFC 3986 3.4, and what real clients leave unencoded in a query; never "#", space or a control character.
const queryCharacters = /^[\x21\x22\x24-\x7e]*$/
const plainPath = /^[A-Za-z0-9\-_~!$&'()*+,=:@/]*$/
const threeDotsOrMore = /^\.{3,}$/
// Characters that other software takes for a full stop.
const dotLike = /^[.\u2024\u2025\u2026\u3002\uff0e\uff61]+$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
const forbidden = /[\u0000-\u001f\u007f-\u009f/\\;]/
const encodedAgain = /%[0-9A-Fa-f]{2}/

/**
 * Reads a request target (RFC 9112 3.2.1, origin-form) in the one way that every server behind us agrees
 * with, or refuses it. The path is decoded once for matching and forwarded byte for byte, so that what was
 * authorised is what is sent.
 *
 * Refused as ambiguous: dot segments in any spelling, empty segments, encoded or raw separators, matrix
 * parameters, control characters, double encoding, bytes that are not UTF-8, fragments, absolute-form.
 *
 * @throws {Fault} `request.malformed`
 */
export function canonicalTarget(target: string): CanonicalTarget {
  if (target[0] !== '/') throw refused('the request target is not a path')
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const query = mark === -1 ? '' : target.slice(mark)
  if (!queryCharacters.test(query)) throw refused('the query has characters that do not belong there')
  const plain = plainPath.test(path)
  if (!plain && !pathCharacters.test(path)) throw refused('the path has characters that do not belong there')

  const segments = segmentsOf(path)
  const last = segments.length - 1
  for (let at = 0; at <= last; at += 1) {
    const segment = segments[at] as string
    if (segment === '' && at !== last) throw refused('the path has an empty segment')
    if (!plain) segments[at] = decodeSegment(segment)
  }
  return { path, query, segments }
}

/** `split` remembers what it was asked, which costs more than it takes where no two paths are the same. */
function segmentsOf(path: string): string[] {
  const segments: string[] = []
  let from = 1
  for (let to = path.indexOf('/', 1); to !== -1; to = path.indexOf('/', from)) {
    segments.push(path.slice(from, to))
    from = to + 1
  }
  segments.push(path.slice(from))
  return segments
}

function decodeSegment(raw: string): string {
  const segment = raw.includes('%') ? percentDecoded(raw) : raw
  if (dotLike.test(segment) && !threeDotsOrMore.test(raw)) throw refused('the path has a dot segment')
  if (segment === raw) return segment
  if (encodedAgain.test(segment)) throw refused('the path is percent-encoded twice')
  if (segment.trim() !== segment) throw refused('a path segment begins or ends with white space')
  const folded = segment.normalize('NFKC')
  if (forbidden.test(segment) || forbidden.test(folded) || dotLike.test(folded)) {
    throw refused('a path segment hides a separator or a control character')
  }
  return segment
}

function percentDecoded(raw: string): string {
  try {
    return decodeURIComponent(raw)
  } catch (cause) {
    throw new Fault('request.malformed', { detail: 'the path is not percent-encoded UTF-8', cause })
  }
}

function refused(detail: string): Fault {
  return new Fault('request.malformed', { detail })
}
