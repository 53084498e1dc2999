import { METHODS } from 'node:http'
import type { z } from 'zod'
import { Problem, parsed } from './problem.ts'

/** A method and a path template. */
export interface RouteTemplate {
  readonly method: string
  /** `/v1/invoices/{invoice_id}` */
  readonly template: string
}

/** Tunnels and echoes are never operations. */
const methods: ReadonlySet<string> = new Set(
  METHODS.filter((method) => method !== 'CONNECT' && method !== 'TRACE'),
)

/**
 * `GET /v1/invoices/{invoice_id}`: a variable is a whole segment and stands for exactly one. Literals are
 * spelt as they arrive on the wire, without anything that two readers could decode differently.
 */
export function route(): z.ZodType<RouteTemplate, string> {
  return parsed(parseRoute)
}

/** The same without a schema around it. @returns why it is none, otherwise */
export function parseRoute(text: string): RouteTemplate | Problem {
  const [, method, template] = /^(\S+) (\/\S*)$/.exec(text) ?? []
  if (method === undefined || template === undefined) {
    return new Problem('is not a route', 'write method and path: "GET /v1/invoices/{invoice_id}"')
  }
  if (!methods.has(method)) {
    return new Problem(
      `${method} is not a method that can be forwarded`,
      'use GET, POST, PUT, PATCH, DELETE, …',
    )
  }
  return templateProblem(template) ?? { method, template }
}

function templateProblem(template: string): Problem | undefined {
  if (/[?#]/.test(template)) return new Problem('has a query or fragment', 'a route is method and path only')
  const names = new Set<string>()
  const segments = template.slice(1).split('/')
  for (const [at, segment] of segments.entries()) {
    const name = /^\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(segment)?.[1]
    if (name !== undefined) {
      if (names.has(name)) {
        return new Problem(`has the variable {${name}} twice`, 'give each variable a name of its own')
      }
      names.add(name)
      continue
    }
    const problem = literalProblem(segment, at === segments.length - 1)
    if (problem) return problem
  }
  return undefined
}

function literalProblem(segment: string, isLast: boolean): Problem | undefined {
  if (/[{}]/.test(segment)) {
    return new Problem(
      'has a variable that is not a whole segment',
      'write {name} between two slashes: letters, digits and "_"',
    )
  }
  if (segment === '.' || segment === '..')
    return new Problem('has a "." or ".." segment', 'write the path itself')
  // An empty last segment is a path that ends in a slash, which is a path of its own.
  if (segment === '') return isLast ? undefined : new Problem('has an empty segment', 'write single slashes')
  if (/^[A-Za-z0-9\-._~!$&'()*+,=:@]+$/.test(segment) && segment !== '*') return undefined
  return new Problem(
    'has a segment that is not plain',
    "use letters, digits and -._~!$&'()*+,=:@ and no wildcard or %; what varies is a {variable}",
  )
}
