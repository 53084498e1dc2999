import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A path that the gateway answers itself. */
export interface OwnRoute {
  /** `undefined`: whatever the path's own code says. */
  readonly method: string | undefined
  /** Parts that vary begin with a colon. */
  readonly path: string
}

const gatewaySources = dirname(fileURLToPath(import.meta.resolve('@countersign/gateway/src/main.ts')))

/**
 * What the gateway answers itself, on any of its listeners, as its sources say it: each route is there as a literal.
 *
 * @throws {Error} a route is written in a way that is not understood, or there is none
 */
export function ownRoutes(folder: string = gatewaySources): readonly OwnRoute[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const sources = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort()
  const routes = sources.flatMap((name) => routesIn(readFileSync(join(folder, name), 'utf8'), name))
  if (routes.length === 0) throw new Error(`no route is to be found in ${folder}`)
  return routes
}

/** `router.get('/x', …)`, `app.get(paths.x, …)`, and an entry of the data listener's map: `['/x', { handle`. */
const registered = /\b(?:app|router)\.(get|post|put|patch|delete)\(\s*([^\s,]+),/g
const mapped = /\[\s*'(\/[^']+)',\s*\{\s*handle\b/g

function routesIn(source: string, name: string): readonly OwnRoute[] {
  const routed = [...source.matchAll(registered)].map(([, method = '', written = '']) => ({
    method: method.toUpperCase(),
    path: literalOf(written, source, name),
  }))
  const own = [...source.matchAll(mapped)].map(([, path = '']) => ({ method: undefined, path }))
  return [...routed, ...own]
}

/** The path itself, or a member of an object that the same file has. */
function literalOf(written: string, source: string, name: string): string {
  const member = /^\w+\.(\w+)$/.exec(written)?.[1]
  const text = member === undefined ? written : new RegExp(`\\b${member}: ('[^']+')`).exec(source)?.[1]
  const path = /^'(\/[^']*)'$/.exec(text ?? '')?.[1]
  if (path === undefined) throw new Error(`${name}: the path of the route ${written} is no literal`)
  return path
}
