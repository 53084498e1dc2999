import { Fault } from '../fault.ts'

/** A token endpoint's answer, read to its end or refused. */
export interface Answer {
  readonly status: number
  /** The body, where it is a JSON object that says so. */
  readonly body: Readonly<Record<string, unknown>> | undefined
  /** Why there is no body; never quotes it. */
  readonly flaw: string | undefined
  /** The field as sent. */
  readonly retryAfter: string | null
}

/** A token is at most 16 KiB; nothing of use beside it needs more room than this. */
const maxBytes = 64 * 1024

/**
 * Reads the answer of a token endpoint, up to 64 KiB after decompression. A body that cannot matter, that of
 * a redirect or of a server error, is not read at all.
 *
 * @throws {Fault} `mint.unavailable` when the answer breaks off
 */
export async function readAnswer(response: Response): Promise<Answer> {
  const { status, headers } = response
  const retryAfter = headers.get('retry-after')
  const hasMeaning = (status >= 200 && status < 300) || (status >= 400 && status < 500)
  if (!hasMeaning || !isJson(headers.get('content-type'))) {
    await response.body?.cancel().catch(() => undefined)
    return { status, retryAfter, body: undefined, flaw: 'is not JSON by its content-type' }
  }
  const bytes = await readBounded(response)
  if (bytes === undefined) return { status, retryAfter, body: undefined, flaw: 'is too large' }
  const body = parseObject(bytes)
  return { status, retryAfter, body, flaw: body === undefined ? 'is not a JSON object' : undefined }
}

/** `application/json`, or a type with the `+json` suffix (RFC 6839 3.1). */
function isJson(contentType: string | null): boolean {
  return /^application\/(?:json|[^\s;/]+\+json)\s*(?:;|$)/i.test(contentType ?? '')
}

async function readBounded(response: Response): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength
      if (size > maxBytes) return undefined
      chunks.push(chunk)
    }
  } catch (cause) {
    throw new Fault('mint.unavailable', { detail: "the token endpoint's answer broke off", cause })
  }
  return Buffer.concat(chunks)
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return isObject(value) ? value : undefined
  } catch {
    return undefined // the parser's message quotes the body, which may hold a token
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
