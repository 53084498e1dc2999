import { Fault } from '../fault.ts'
import { isJsonObject, type Json, parseStrictJson } from '../identity/strict-json.ts'

/** Longest body that a condition may read, in bytes. */
export const maxJudgedBytes: number = 256 * 1024

/** Most items of an array or members of an object in it; what is done for each is bounded by this. */
const maxEntries = 1000

/** A request body as conditions see it; `absent` when nothing was sent. */
export type JudgedBody = { readonly kind: 'absent' } | { readonly kind: 'json'; readonly value: Json }

const absent: JudgedBody = { kind: 'absent' }

const jsonType = /^application\/(?:json|[a-z0-9!#$&^_.-]+\+json)(?:[ \t]*;[ \t]*charset="?utf-8"?)?$/i

/**
 * Reads a body in the only way that leaves no second reading: JSON (RFC 8259) in UTF-8 without a byte order
 * mark, not encoded, every member once. The very bytes that were read here are the ones to send.
 *
 * Also refused: members of one object that differ in case only (some parsers take either for the other), and
 * integers that a double cannot hold exactly.
 *
 * @param headers names and values in turn
 * @throws {Fault} `request.malformed`, `request.too-large`
 */
export function judgeBody(bytes: Uint8Array, headers: readonly string[]): JudgedBody {
  if (bytes.length > maxJudgedBytes) {
    throw new Fault('request.too-large', {
      says: `A rule reads this body, so it may have ${maxJudgedBytes} bytes.`,
    })
  }
  if (bytes.length === 0) return absent
  const types = fieldValues(headers, 'content-type')
  if (types.length !== 1 || !jsonType.test(types[0] ?? '')) {
    throw malformed('its Content-Type is not one of application/json and application/*+json, in UTF-8')
  }
  if (fieldValues(headers, 'content-encoding').some((coding) => coding.toLowerCase() !== 'identity')) {
    throw malformed('it has a Content-Encoding')
  }
  const value = parse(bytes)
  refuseAmbiguous(value)
  return { kind: 'json', value }
}

/** Values of a header field, one for each line. */
function fieldValues(headers: readonly string[], name: string): string[] {
  return headers.filter((_value, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === name)
}

function parse(bytes: Uint8Array): Json {
  try {
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch (cause) {
    throw malformed(cause instanceof SyntaxError ? cause.message : 'it is not UTF-8', cause)
  }
}

function refuseAmbiguous(value: Json): void {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw malformed('it has an integer beyond 2^53, which JSON parsers round differently')
  }
  if (typeof value !== 'object' || value === null) return
  const items = Object.values(value)
  if (items.length > maxEntries) {
    throw new Fault('request.too-large', {
      says: `A rule reads this body, so a list or object in it may have ${maxEntries} entries.`,
    })
  }
  if (isJsonObject(value)) {
    const folded = new Set(Object.keys(value).map((name) => name.normalize('NFKC').toLowerCase()))
    if (folded.size !== items.length) throw malformed('it has members that differ in case only')
  }
  for (const item of items) refuseAmbiguous(item)
}

function malformed(detail: string, cause?: unknown): Fault {
  return new Fault('request.malformed', {
    says: `A rule reads this body, and ${detail}.`,
    detail: `body that a rule reads: ${detail}`,
    cause,
  })
}
