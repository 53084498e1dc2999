/**
 * The example of a body: as it stands in versions 2 and 3, within `content` in version 4, where it may be Base64.
 * `undefined` where nothing is said of it.
 */
export function contentOf(body: unknown): unknown {
  if (body === undefined || body === null || !isVersion4(body)) return body ?? undefined
  if (typeof body.content !== 'string') return body.content
  const text = body.encoded ? Buffer.from(body.content, 'base64').toString() : body.content
  const isJson = /[/+]json\b/.test(body.contentType ?? '')
  return body.encoded && isJson ? JSON.parse(text) : text
}

interface Version4 {
  readonly content: unknown
  readonly contentType?: string
  readonly encoded: boolean | string
}

function isVersion4(body: unknown): body is Version4 {
  return typeof body === 'object' && body !== null && 'content' in body && 'encoded' in body
}
