import { isJsonObject, type Json, type JsonObject } from '@countersign/auth-core'
import { parse } from 'yaml'
import { DocumentError } from './document-error.ts'

/**
 * An OpenAPI 3.0 or 3.1 document out of its JSON or YAML.
 *
 * Nothing but its version and `paths` is looked at here: a fault in a schema of some answer is no reason not to
 * import the routes.
 *
 * @throws {DocumentError}
 */
export function readDocument(text: string): JsonObject {
  const document = parseText(text)
  if (!isJsonObject(document))
    throw new DocumentError('it is not an OpenAPI document: there is no object in it')
  const { openapi, swagger, paths } = document
  if (swagger !== undefined) {
    throw new DocumentError('it is a Swagger 2.0 document; convert it to OpenAPI 3 first')
  }
  if (typeof openapi !== 'string' || !/^3\.[01]\.\d+/.test(openapi)) {
    throw new DocumentError('it does not say `openapi: 3.0.x` or `3.1.x`, which are the versions read here')
  }
  if (!isJsonObject(paths)) throw new DocumentError('it has no `paths`')
  return document
}

/** JSON is YAML, and an order of magnitude slower as such. */
function parseText(text: string): Json {
  try {
    return text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text, { logLevel: 'error' })
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : ''
    throw new DocumentError(`it is neither JSON nor YAML: ${why}`, error)
  }
}
