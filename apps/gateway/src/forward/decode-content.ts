import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib'

type Decoder = (body: Buffer, limit: { maxOutputLength: number }) => Buffer

// What is there is decoded also where its end is missing, as clients do.
const lenient = { finishFlush: constants.Z_SYNC_FLUSH }
const lenientBrotli = { finishFlush: constants.BROTLI_OPERATION_FLUSH }
const lenientZstd = { finishFlush: constants.ZSTD_e_flush }

const gunzip: Decoder = (body, limit) => gunzipSync(body, { ...limit, ...lenient })
/** Many servers leave out the wrapper that the coding asks for (RFC 9110 8.4.1.2); every client takes that as well. */
const inflate: Decoder = (body, limit) =>
  (hasZlibHeader(body) ? inflateSync : inflateRawSync)(body, { ...limit, ...lenient })

/** Content codings that can be undone (RFC 9110 8.4.1). */
const decoders: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['br', (body, limit) => brotliDecompressSync(body, { ...limit, ...lenientBrotli })],
  ['deflate', inflate],
  ['zstd', (body, limit) => zstdDecompressSync(body, { ...limit, ...lenientZstd })],
])

/** RFC 1950 2.2. */
function hasZlibHeader([method = 0, flags = 0]: Buffer): boolean {
  return (method & 0x0f) === 8 && (method * 256 + flags) % 31 === 0
}

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
