import type { Operation, Policy } from '@countersign/auth-core'
import type { AccessChange } from './compare-access.ts'

/** Compares which requests an operation of this upstream stands for. */
export type RouteComparison = (upstream: string, old: Operation, now: Operation) => readonly AccessChange[]

/**
 * An operation that keeps its name and becomes another request is another operation. One that stays as it is loses what a
 * new neighbour takes away, since a literal goes before a variable, and gets back what was a neighbour's that is gone.
 */
export function createRouteComparison(old: Policy, now: Policy): RouteComparison {
  const changes = new Map<string, Neighbours>()
  return function compareRoutes(upstream, before, after) {
    const [route, newRoute] = [spell(before), spell(after)]
    if (route !== newRoute) return [{ direction: 'unclear', kind: 'route', before: route, after: newRoute }]
    const changed =
      changes.get(upstream) ?? neighbours(operationsOf(old, upstream), operationsOf(now, upstream))
    changes.set(upstream, changed)
    const gone = changed.gone.filter((other) => takesFrom(other, after))
    const come = changed.come.filter((other) => takesFrom(other, after))
    if (gone.length === 0 && come.length === 0) return []
    const direction = gone.length === 0 ? 'lost' : come.length === 0 ? 'gained' : 'unclear'
    return [{ direction, kind: 'route', before: without(route, gone), after: without(route, come) }]
  }
}

/** Routes that are in one policy alone. */
interface Neighbours {
  readonly gone: readonly Operation[]
  readonly come: readonly Operation[]
}

function neighbours(old: readonly Operation[], now: readonly Operation[]): Neighbours {
  const [before, after] = [new Set(old.map(shapeOf)), new Set(now.map(shapeOf))]
  return {
    gone: old.filter((operation) => !after.has(shapeOf(operation))),
    come: now.filter((operation) => !before.has(shapeOf(operation))),
  }
}

function operationsOf({ upstreams }: Policy, upstream: string): readonly Operation[] {
  return upstreams.get(upstream)?.operations ?? []
}

/** Is there a request that would be this one's, and is the other's, or of both and so refused? See `createOperationTrie`. */
function takesFrom(other: Operation, { method, template }: Operation): boolean {
  const isHead = other.method === 'HEAD' && method === 'GET'
  if (other.method !== method && !isHead && !(other.method === 'GET' && method === 'HEAD')) return false
  const [own, theirs] = [template.split('/'), other.template.split('/')]
  if (own.length !== theirs.length) return false
  const fits = own.every((segment, at) => meets(segment, theirs[at] ?? ''))
  const isPreciser = own.some((segment, at) => isVariable(segment) && !isVariable(theirs[at] ?? ''))
  return fits && (isPreciser || (isHead && shapeOf({ method, template }) === shapeOf({ ...other, method })))
}

function meets(segment: string, other: string): boolean {
  // A variable takes no empty segment.
  if (isVariable(segment)) return other !== ''
  return isVariable(other) ? segment !== '' : segment === other
}

function isVariable(segment: string): boolean {
  return segment.startsWith('{')
}

/** A route but for the names of its variables. */
function shapeOf({ method, template }: Pick<Operation, 'method' | 'template'>): string {
  return `${method} ${template.replace(/\{[^}]*\}/g, '{}')}`
}

function spell({ method, template }: Operation): string {
  return `${method} ${template}`
}

function without(route: string, others: readonly Operation[]): string {
  return others.length === 0 ? route : `${route} but for ${others.map(spell).join(', ')}`
}
