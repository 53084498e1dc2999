import { isJsonObject, type Json, type JsonObject } from '@countersign/auth-core'
import type { DescribedOperation, RefusedRoute } from './described-operation.ts'
import { DocumentError } from './document-error.ts'
import { followReference } from './follow-reference.ts'

const methods = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace'] as const

/** Every operation of a document in its order; a path that cannot be read is refused, never left out. */
export function listOperations(document: JsonObject): {
  readonly operations: readonly DescribedOperation[]
  readonly refused: readonly RefusedRoute[]
} {
  const operations: DescribedOperation[] = []
  const refused: RefusedRoute[] = []
  for (const [path, value] of entriesOf(document.paths)) {
    if (path.startsWith('x-')) continue
    try {
      const item = followReference(document, value)
      if (!item) throw new DocumentError('it is no object')
      operations.push(...operationsOf(document, path, item))
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error
      refused.push({ route: `* ${path}`, reason: error.message })
    }
  }
  return { operations, refused }
}

function operationsOf(document: JsonObject, path: string, item: JsonObject): DescribedOperation[] {
  return methods.flatMap((method) => {
    const described = item[method]
    if (described === undefined) return []
    if (!isJsonObject(described)) throw new DocumentError(`its ${method} is no object`)
    const { operationId, tags } = described
    const tag = Array.isArray(tags) ? tags.find((each) => typeof each === 'string') : undefined
    return [
      {
        method: method.toUpperCase(),
        path,
        operationId: typeof operationId === 'string' ? operationId : undefined,
        tag: typeof tag === 'string' ? tag : undefined,
        security: described.security ?? document.security,
        servers: described.servers ?? item.servers,
        oddParameters: oddParameters(document, [item.parameters, described.parameters]),
      },
    ]
  })
}

/** An operation's parameter goes before its path's of the same name. */
function oddParameters(document: JsonObject, lists: readonly (Json | undefined)[]): readonly string[] {
  const styles = new Map<string, Json | undefined>()
  for (const list of lists) {
    for (const entry of Array.isArray(list) ? list : []) {
      const parameter = followReference(document, entry)
      if (parameter?.in === 'path' && typeof parameter.name === 'string') {
        styles.set(parameter.name, parameter.style)
      }
    }
  }
  return [...styles].flatMap(([name, style]) =>
    style === 'matrix' || style === 'label' ? [`{${name}} is written in the style ${style}`] : [],
  )
}

function entriesOf(value: Json | undefined): readonly (readonly [string, Json])[] {
  return isJsonObject(value) ? Object.entries(value) : []
}
