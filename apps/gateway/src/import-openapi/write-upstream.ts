// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import { presets } from '@countersign/auth-core'
import { Document, isMap, isScalar, parseDocument, Scalar, YAMLMap } from 'yaml'
import { DocumentError } from './document-error.ts'
import type { Imported } from './import-openapi.ts'
import type { ImportState } from './import-state.ts'
import { type ImportedOperation, importedKeys } from './imported-operation.ts'
import { type MergeReport, mergeOperations, type PresentOperation } from './merge-operations.ts'

/** A file with an import in it. */
export interface Written {
  readonly text: string
  readonly state: ImportState
  readonly report: MergeReport
}

/**
 * Writes an import into the text of a configuration file, under `upstreams.NAME`. Comments and everything that
 * was written by hand stay; a file in which nothing changes stays as it is to the byte.
 *
 * @param text of the file; empty for a new one
 * @param last what the last import of this upstream wrote
 * @throws {DocumentError} when the text is no configuration
 */
export function writeUpstream(
  text: string,
  name: string,
  imported: Imported,
  last: ImportState | undefined,
): Written {
  const document: Document = parseDocument(text)
  if (document.errors[0])
    throw new DocumentError(`it is not YAML: ${document.errors[0].message.split('\n', 1)[0]}`)
  const edit = new Edit()
  if (document.contents === null) document.contents = edit.created(new YAMLMap())
  const root: unknown = document.contents
  if (!isMap(root)) throw new DocumentError('it is not a configuration: it holds no map')
  const upstream = edit.mapAt(edit.mapAt(root, 'upstreams'), name)
  if (upstream.items.length === 0) fillNew(edit, upstream, name, imported)
  else followAddresses(edit, upstream, imported, last)
  const operations = edit.mapAt(upstream, 'operations')
  const named = upstream.get('preset')
  const { report, operations: remembered } = mergeOperations(imported.operations, last?.operations ?? [], {
    present: operations.items.flatMap(({ key, value }) => {
      const operation = isScalar(key) && isMap(value) ? present(String(key.value), value, edit) : undefined
      return operation ? [operation] : []
    }),
    preset: typeof named === 'string' ? (presets.get(named)?.operations ?? []) : [],
    add: (operation) => edit.put(operations, operation.name, operationNode(operation)),
  })
  return {
    text: edit.isMade ? document.toString({ lineWidth: 0 }) : text,
    state: {
      ...(imported.url !== undefined && { url: imported.url }),
      ...(imported.tokenEndpoint !== undefined && { token_endpoint: imported.tokenEndpoint }),
      operations: remembered.map(({ scopes, ...rest }) => ({
        ...rest,
        ...(scopes && { scopes: [...scopes] }),
      })),
    },
    report,
  }
}

/** Changes to a document, and whether there were any. */
class Edit {
  isMade = false

  created<Node>(node: Node): Node {
    this.isMade = true
    return node
  }

  put(map: YAMLMap, key: string, value: unknown): void {
    map.set(key, value)
    this.isMade = true
  }

  remove(map: YAMLMap, key: string): void {
    map.delete(key)
    this.isMade = true
  }

  /** @throws {DocumentError} when something else stands there */
  mapAt(map: YAMLMap, key: string): YAMLMap {
    const found = map.get(key, true)
    if (isMap(found)) return found
    if (found !== undefined && !(isScalar(found) && found.value === null)) {
      throw new DocumentError(`\`${key}\` is not a map in it`)
    }
    const fresh = new YAMLMap()
    this.put(map, key, fresh)
    return fresh
  }
}

function fillNew(edit: Edit, upstream: YAMLMap, name: string, { url, tokenEndpoint }: Imported): void {
  const prefix = name.toUpperCase().replaceAll('-', '_')
  if (url !== undefined) edit.put(upstream, 'url', url)
  if (tokenEndpoint !== undefined) edit.put(edit.mapAt(upstream, 'token'), 'endpoint', tokenEndpoint)
  const credential = edit.mapAt(upstream, 'credential')
  edit.put(credential, 'client_id', `\${env:${prefix}_CLIENT_ID}`)
  edit.put(credential, 'client_secret', `\${env:${prefix}_CLIENT_SECRET}`)
}

/** Addresses follow the document for as long as nobody changed them; a preset has its own. */
function followAddresses(
  edit: Edit,
  upstream: YAMLMap,
  { url, tokenEndpoint }: Imported,
  last: ImportState | undefined,
): void {
  if (
    url !== undefined &&
    last?.url !== url &&
    upstream.get('url') === last?.url &&
    !upstream.has('preset')
  ) {
    edit.put(upstream, 'url', url)
  }
  const token = upstream.get('token', true)
  const isOurs = isMap(token) && last !== undefined && token.get('endpoint') === last.token_endpoint
  if (isOurs && tokenEndpoint !== undefined && tokenEndpoint !== last.token_endpoint) {
    edit.put(token, 'endpoint', tokenEndpoint)
  }
}

function present(name: string, map: YAMLMap, edit: Edit): PresentOperation {
  return {
    name,
    get(key) {
      const node = map.get(key, true)
      return isMap(node) || node === undefined ? undefined : new Document(node).toJS()
    },
    set(key, value) {
      if (value === undefined) edit.remove(map, key)
      else edit.put(map, key, valueNode(value))
    },
  }
}

/** One line for each operation, as people write them. */
function operationNode(operation: ImportedOperation): YAMLMap {
  const map = new YAMLMap()
  map.flow = true
  for (const key of importedKeys) {
    if (operation[key] !== undefined) map.set(key, valueNode(operation[key]))
  }
  return map
}

function valueNode(value: unknown): unknown {
  if (typeof value === 'string') {
    const scalar = new Scalar(value)
    scalar.type = Scalar.QUOTE_DOUBLE
    return scalar
  }
  const node = new Document(value).contents
  if (Array.isArray(value) && node !== null && 'flow' in node) node.flow = true
  return node
}
