import { isJsonObject, type Json, type JsonObject } from '@countersign/auth-core'
import { DocumentError } from './document-error.ts'

/** Longer chains of references are taken for a circle. */
const maxSteps = 16

/**
 * The object that a value is or, by `$ref` (RFC 6901), refers to. What stands beside a `$ref` goes before what
 * it refers to, as OpenAPI 3.1 has it for path items.
 *
 * Only references within the document: nothing is read from elsewhere on a document's word.
 *
 * @returns `undefined` for what is no object
 * @throws {DocumentError} for a reference to another document, to nothing, or in a circle
 */
export function followReference(document: JsonObject, value: Json | undefined): JsonObject | undefined {
  let found = value
  const beside: JsonObject[] = []
  for (let step = 0; step < maxSteps; step += 1) {
    if (!isJsonObject(found)) return undefined
    const { $ref: reference, ...rest } = found
    if (typeof reference !== 'string') return Object.assign({}, found, ...beside.reverse())
    beside.push(rest)
    found = pointedAt(document, reference)
  }
  throw new DocumentError('its reference leads in a circle')
}

function pointedAt(document: JsonObject, reference: string): Json {
  if (!reference.startsWith('#')) {
    throw new DocumentError(
      `it refers to another document (${reference}), and nothing else is read: bundle them into one first`,
    )
  }
  let at: Json | undefined = document
  for (const token of pointerOf(reference).split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~')
    const holder: Json | undefined = at
    const inside: boolean = typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
    at =
      inside && Array.isArray(holder)
        ? holder[Number(key)]
        : isJsonObject(holder) && inside
          ? holder[key]
          : undefined
  }
  if (at === undefined) throw new DocumentError(`its reference ${reference} leads nowhere`)
  return at
}

function pointerOf(reference: string): string {
  try {
    return decodeURIComponent(reference.slice(1))
  } catch (cause) {
    throw new DocumentError(`its reference ${reference} is not a JSON pointer`, cause)
  }
}
