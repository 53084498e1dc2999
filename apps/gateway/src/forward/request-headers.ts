import { forwardedRequestFields } from './header-fields.ts'

/** A name and a value. */
export type Field = readonly [name: string, value: string]

/**
 * The header section that goes upstream, in one pass over what came in: the allow-list, then what the
 * gateway itself says. The credential comes last, so nothing before it can be taken for it.
 *
 * Framing is not copied: `Content-Length` passes as a number that was parsed, chunked is left to the engine.
 */
export function upstreamHeaders(
  rawHeaders: readonly string[],
  own: readonly Field[],
  alsoForwarded?: ReadonlySet<string>,
): string[] {
  const headers: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase()
    if (!forwardedRequestFields.has(name) && !alsoForwarded?.has(name)) continue
    const value = rawHeaders[at + 1] as string
    headers.push(name, name === 'content-length' ? String(Number(value)) : value)
  }
  for (const [name, value] of own) headers.push(name, value)
  return headers
}
