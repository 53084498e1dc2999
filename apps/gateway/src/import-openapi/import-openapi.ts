import type { JsonObject } from '@countersign/auth-core'
import { OverlapFinder } from '../config/overlap-finder.ts'
import { secureUrl } from '../config/schema/address.ts'
import { Problem } from '../config/schema/problem.ts'
import type { RouteTemplate } from '../config/schema/route.ts'
import { chooseServer, parseServer, type Server } from './choose-server.ts'
import type { DescribedOperation, RefusedRoute } from './described-operation.ts'
import { DocumentError } from './document-error.ts'
import type { ImportedOperation } from './imported-operation.ts'
import { listOperations } from './list-operations.ts'
import { nameOperations } from './name-operations.ts'
import { readDocument } from './read-document.ts'
import { routeTemplate } from './route-template.ts'
import { scopesOf, tokenEndpointOf } from './scopes-of.ts'

/** What a document comes to. Every operation of it is in exactly one of the two lists. */
export interface Imported {
  /** Base URL; `undefined` where the document does not say. */
  readonly url: string | undefined
  readonly tokenEndpoint: string | undefined
  /** In the order of their names. */
  readonly operations: readonly ImportedOperation[]
  readonly refused: readonly RefusedRoute[]
  /** What is left for people to do. */
  readonly notes: readonly string[]
}

interface Placed {
  readonly operation: DescribedOperation
  readonly server: Server
}

interface Routed extends RouteTemplate {
  readonly operation: DescribedOperation
}

/**
 * Reads an OpenAPI document into named operations. Pure: the same document gives the same result, and nothing
 * outside it is read.
 *
 * @param base address in place of the document's own servers
 * @throws {DocumentError}
 */
export function importOpenapi(text: string, base?: string): Imported {
  const document = readDocument(text)
  const listed = listOperations(document)
  const refused = [...listed.refused]
  const home = homeOf(document, base)
  const placed = place(listed.operations, home.server, refused)
  const basePath = commonPath(placed.map(({ server }) => server.path))
  const routed = route(placed, home.server.origin === undefined ? '' : basePath, refused)
  const names = nameOperations(
    routed.map(({ operation }) => operation),
    new Set(),
  )
  const operations = routed
    .map(({ operation, method, template }) => {
      const scopes = scopesOf(document, operation.security).map(literal)
      return {
        name: names.get(operation) ?? '',
        route: `${method} ${template}`,
        ...(scopes.length > 0 && { scopes }),
        ...(method === 'DELETE' && { destructive: true as const }),
      }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const { origin } = home.server
  const endpoint = endpointOf(document)
  const tokenEndpoint = endpoint && literal(endpoint)
  const notes = [...home.notes, ...(tokenEndpoint === undefined ? [noEndpoint] : [])]
  const url = origin === undefined ? undefined : origin + basePath
  return { url, tokenEndpoint, operations, refused, notes }
}

const noEndpoint = 'the document names no token endpoint for client_credentials: say token.endpoint'

function homeOf(
  document: JsonObject,
  base: string | undefined,
): { server: Server; notes: readonly string[] } {
  const nowhere: Server = { origin: undefined, path: '' }
  if (base !== undefined) {
    const server = parseServer(base)
    if (server instanceof Problem)
      throw new DocumentError(`the base address ${server.message}; ${server.hint}`)
    return { server, notes: [] }
  }
  const server = chooseServer(document.servers, nowhere)
  if (server instanceof Problem) {
    return { server: nowhere, notes: [`the document's server ${server.message}: say url (${server.hint})`] }
  }
  return { server, notes: server.origin === undefined ? ['the document names no address: say url'] : [] }
}

/** An upstream is one host: what is served elsewhere is another one. */
function place(operations: readonly DescribedOperation[], home: Server, refused: RefusedRoute[]): Placed[] {
  return operations.flatMap((operation) => {
    const server = operation.servers === undefined ? home : chooseServer(operation.servers, home)
    const reason =
      server instanceof Problem
        ? `its server ${server.message}; ${server.hint}`
        : server.origin !== home.origin
          ? `it is served by ${server.origin}: import it as an upstream of its own, with --url`
          : operation.oddParameters[0]
    if (reason === undefined && !(server instanceof Problem)) return [{ operation, server }]
    refused.push({ route: `${operation.method} ${operation.path}`, reason: reason ?? '' })
    return []
  })
}

/** The longest path, in whole segments, that all of these begin with. */
function commonPath(paths: readonly string[]): string {
  const [first = '', ...others] = [...new Set(paths)].map((path) => path.split('/').slice(1))
  const shared = Array.isArray(first) ? first : []
  const differs = shared.findIndex((segment, at) => others.some((path) => path[at] !== segment))
  return shared
    .slice(0, differs === -1 ? undefined : differs)
    .map((segment) => `/${segment}`)
    .join('')
}

function route(placed: readonly Placed[], basePath: string, refused: RefusedRoute[]): Routed[] {
  const finder = new OverlapFinder()
  return placed.flatMap(({ operation, server }) => {
    const path = server.path.slice(basePath.length) + operation.path
    const shown = `${operation.method} ${path}`
    const template = routeTemplate(operation.method, path)
    if (template instanceof Problem) {
      refused.push({ route: shown, reason: `it ${template.message}; ${template.hint}` })
      return []
    }
    const other = finder.add({ name: shown, ...template })
    if (other === undefined) return [{ operation, ...template }]
    refused.push({ route: shown, reason: `it is the same as ${other}: a request could mean either` })
    return []
  })
}

function endpointOf(document: JsonObject): string | undefined {
  const found = tokenEndpointOf(document)
  return found === undefined || secureUrl(found) instanceof Problem ? undefined : found
}

/**
 * Text of the document as the configuration has to spell it: a vendor's `${env:…}` is no reference, which would
 * send the gateway's own secrets to whoever wrote the document.
 */
function literal(text: string): string {
  return text.replaceAll('${', () => '$${')
}
