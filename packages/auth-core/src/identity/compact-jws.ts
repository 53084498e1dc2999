import { Buffer } from 'node:buffer'
import { Fault } from '../fault.ts'
import { isJsonObject, type JsonObject, parseStrictJson } from './strict-json.ts'

/** A compact JWS (RFC 7515 3.1) taken apart. Nothing in it has been verified. */
export interface CompactJws {
  readonly header: JsonObject
  readonly claims: JsonObject
  /** What the signature is over: header and claims as they came (RFC 7515 5.2). */
  readonly signed: Buffer
  readonly signature: Buffer
}

/** Longer tokens are refused unread; the whole header section of a request is no larger. */
const maxLength = 16 * 1024

/**
 * Takes a compact JWS apart, accepting one spelling only: three segments in canonical base64url (no padding,
 * no unused bits), header and claims as strict JSON objects in valid UTF-8 without a byte order mark.
 *
 * One spelling only, because whoever can respell a token gets past whatever remembers or blocks it as text.
 *
 * @throws {Fault} `identity.malformed`
 */
export function parseCompactJws(token: string): CompactJws {
  if (token.length > maxLength) throw malformed(`it is longer than ${maxLength} characters`)
  // A limit of four is enough to tell three from more, and ten thousand dots cost nothing.
  const [header, claims, signature, surplus] = token.split('.', 4)
  if (header === undefined || claims === undefined || signature === undefined || surplus !== undefined) {
    throw malformed('it does not have three segments')
  }
  const signatureBytes = decode(signature, 'signature')
  if (signatureBytes.length === 0) throw malformed('its signature is empty')
  return {
    header: parseSegment(header, 'header'),
    claims: parseSegment(claims, 'claims'),
    // What was decoded has no characters beyond ASCII.
    signed: Buffer.from(token.slice(0, -signature.length - 1), 'latin1'),
    signature: signatureBytes,
  }
}

function parseSegment(segment: string, name: string): JsonObject {
  const bytes = decode(segment, name)
  let value: ReturnType<typeof parseStrictJson>
  try {
    // ignoreBOM keeps a byte order mark in the text, where the JSON parser refuses it.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    value = parseStrictJson(text)
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message : 'it is not UTF-8'
    throw malformed(`its ${name} cannot be read: ${reason}`, cause)
  }
  if (!isJsonObject(value)) throw malformed(`its ${name} is not an object`)
  return value
}

function decode(segment: string, name: string): Buffer {
  const bytes = Buffer.from(segment, 'base64url')
  // Buffer skips what it does not know; only the canonical spelling survives the way back.
  if (bytes.toString('base64url') !== segment) throw malformed(`its ${name} is not canonical base64url`)
  return bytes
}

function malformed(reason: string, cause?: unknown): Fault {
  return new Fault('identity.malformed', { detail: `the token is malformed: ${reason}`, cause })
}
