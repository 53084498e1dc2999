import { forwardedRequestFields } from './header-fields.ts'

/** Names and values in turn, as Node and undici take them. */
export type Fields = readonly string[]

/**
 * The header section that goes upstream, in one pass over what came in: the allow-list, then what the
 * gateway itself says. The credential comes last, so nothing before it can be taken for it.
 *
 * Framing is not copied: `Content-Length` passes as a number that was parsed, chunked is left to the engine.
 */
export function upstreamHeaders(
  rawHeaders: readonly string[],
  own: Fields,
  alsoForwarded?: ReadonlySet<string>,
): string[] {
  const headers: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase()
    if (!forwardedRequestFields.has(name) && !alsoForwarded?.has(name)) continue
    const value = rawHeaders[at + 1] as string
    headers.push(name, name === 'content-length' ? String(Number(value)) : value)
  }
  for (const item of own) headers.push(item)
  return headers
}
