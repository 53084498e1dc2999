import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'

/** Content codings that can be undone (RFC 9110 8.4.1). */
const decoders: ReadonlyMap<string, (body: Buffer, limit: { maxOutputLength: number }) => Buffer> = new Map([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['br', brotliDecompressSync],
  ['deflate', inflateSync],
  ['zstd', (body, limit) => zstdDecompressSync(body, limit)],
])

export function isKnownCoding(coding: string): boolean {
  return decoders.has(coding.toLowerCase())
}

/**
 * A body without its content coding; as it is when it has none that is known.
 *
 * @throws {Error} when it is not so encoded, or becomes longer than `maxOutputLength`
 */
export function decodeContent(body: Buffer, coding: string | undefined, maxOutputLength: number): Buffer {
  const decoder = decoders.get(coding?.toLowerCase() ?? '')
  return decoder ? decoder(body, { maxOutputLength }) : body
}
