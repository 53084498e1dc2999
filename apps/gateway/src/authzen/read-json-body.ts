import type { IncomingMessage } from 'node:http'
import { Fault, isJsonObject, type JsonObject, parseStrictJson } from '@countersign/auth-core'
import { readBody } from '../authorize/read-body.ts'

// The encoding is said by `application/json` itself (RFC 8259 8.1); saying it once more does no harm.
const jsonType = /^application\/json[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?$/i
const limit = { maxBytes: 1024 * 1024, says: 'The body may have 1 MiB.' }

/**
 * The JSON object that a request carries, of at most 1 MiB, in its only reading (I-JSON, RFC 7493).
 *
 * @throws {Fault} `request.malformed`, also for another media type; `request.too-large`, `client.gone`
 */
export async function readJsonBody(req: IncomingMessage): Promise<JsonObject> {
  if (!jsonType.test(req.headers['content-type'] ?? ''))
    throw malformed('Its Content-Type is not application/json.')
  if ((req.headers['content-encoding'] ?? 'identity') !== 'identity') throw malformed('It is compressed.')
  const json = parse(await readBody(req, limit))
  if (!isJsonObject(json)) throw malformed('It is no JSON object.')
  return json
}

function parse(bytes: Uint8Array) {
  try {
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch (cause) {
    throw malformed(
      cause instanceof SyntaxError ? `In its JSON, ${cause.message}.` : 'It is not UTF-8.',
      cause,
    )
  }
}

function malformed(says: string, cause?: unknown): Fault {
  return new Fault('request.malformed', { says, cause })
}
