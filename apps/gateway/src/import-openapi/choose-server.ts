import { isJsonObject, type Json, type JsonObject } from '@countersign/auth-core'
import { secureUrl } from '../config/schema/address.ts'
import { Problem } from '../config/schema/problem.ts'

/** Where operations are served. */
export interface Server {
  /** `https://api.example`; `undefined` where the document does not say. */
  readonly origin: string | undefined
  /** Base path without a trailing slash: empty, or `/v1`. */
  readonly path: string
}

/**
 * The first server of a list that the gateway may talk to; its variables have their default values. A relative
 * address is one of the same host (OpenAPI 3.1, 4.8.5).
 *
 * @param base the address that the document's own servers are replaced by or relative to
 * @returns a problem with the first server where none will do
 */
export function chooseServer(servers: Json | undefined, base: Server): Server | Problem {
  const candidates = (Array.isArray(servers) ? servers : [])
    .filter(isJsonObject)
    .map((each) => readServer(each, base))
  return candidates.find((each) => !(each instanceof Problem)) ?? candidates[0] ?? base
}

/** An address in full as a server. */
export function parseServer(address: string): Server | Problem {
  const url = secureUrl(address)
  if (url instanceof Problem) return url
  if (url.search !== '') return new Problem('has a query', 'a base URL is scheme, host and path')
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, '') }
}

function readServer(server: JsonObject, base: Server): Server | Problem {
  if (typeof server.url !== 'string') return new Problem('has no url', 'every server has one')
  const address = fill(server.url, server.variables)
  if (/^[a-z][a-z0-9+.-]*:/i.test(address)) return parseServer(address)
  const placed = parseServer(new URL(address, 'https://relative.invalid/').href)
  return placed instanceof Problem ? placed : { origin: base.origin, path: placed.path }
}

function fill(template: string, variables: Json | undefined): string {
  return template.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = isJsonObject(variables) && Object.hasOwn(variables, name) ? variables[name] : undefined
    return isJsonObject(variable) && typeof variable.default === 'string' ? variable.default : whole
  })
}
