import type { ASTNode } from '@marcbachmann/cel-js'

import { atCharacter, type ConditionProblem } from './condition-problem.ts'
import type { ConditionReads } from './condition-reads.ts'
import { isAlwaysList, isAlwaysMap } from './list-ranges.ts'
import { functions, isMacro, macros, methods } from './offered-functions.ts'
import { literal, type Place, placeOf, readPlace } from './place.ts'
import { spellExpression } from './spell-expression.ts'
import { suggest } from './suggest.ts'

/**
 * Walks a parsed condition once: what it reads, what its macros go through, and everything in it that is not
 * offered. Only what is listed is let through, so that a new version of the library cannot widen the language.
 */
export function readCondition(
  ast: ASTNode,
  pathVariables: readonly string[],
): { reads: ConditionReads; ranges: readonly ASTNode[]; problems: readonly ConditionProblem[] } {
  const walk = new ConditionWalk(pathVariables)
  walk.visit(ast, new Set())
  const { ranges, problems } = walk
  return { reads: { ...walk.reads, places: [...walk.places.values()] }, ranges, problems }
}

class ConditionWalk {
  readonly problems: ConditionProblem[] = []
  readonly places = new Map<string, ASTNode>()
  readonly ranges: ASTNode[] = []
  readonly reads = {
    query: new Set<string>(),
    headers: new Set<string>(),
    path: new Set<string>(),
    body: false,
    members: new Set<string>(),
  }
  readonly #pathVariables: readonly string[]

  constructor(pathVariables: readonly string[]) {
    this.#pathVariables = pathVariables
  }

  /** @param locals names that a macro around this node has given to the item it looks at */
  visit(node: ASTNode, locals: ReadonlySet<string>): void {
    const place = placeOf(node)
    if (mayBeOfBody(place, locals)) this.#members(node)
    if (place && !locals.has(place.root)) {
      this.#place(place, undefined)
      for (const index of place.dynamic) this.visit(index, locals)
      return
    }
    switch (node.op) {
      case 'value':
      case 'id':
        return
      case 'call':
        this.#call(node.args[0], node.start, functions)
        for (const argument of node.args[1]) this.visit(argument, locals)
        return
      case 'rcall':
        this.#method(node, locals)
        return
      case 'in':
        this.#membership(node.args, locals)
        return
      case '.':
      case '.?':
        this.visit(node.args[0], locals)
        return
      case '!_':
      case '-_':
        this.visit(node.args, locals)
        return
      default:
        for (const child of node.args.flat()) this.visit(child, locals)
    }
  }

  /** Notes the names in a chain; `body` itself is none. */
  #members(node: ASTNode): void {
    if (node.op !== '.' && node.op !== '.?' && node.op !== '[]' && node.op !== '[?]') return
    const [inner, key] = node.args
    if (inner.op === 'id' && inner.args === 'request') return
    const name = typeof key === 'string' ? key : literal(key)
    if (name !== undefined) this.reads.members.add(name)
    this.#members(inner)
  }

  #place(place: Place, asked: string | undefined): void {
    const problem = readPlace(place, { asked, pathVariables: this.#pathVariables, reads: this.reads })
    if (problem) this.problems.push(problem)
    else this.places.set(spellExpression(place.node), place.node)
  }

  /** `"name" in request.headers` asks for one name, like `has(…)`; of anything else both sides are looked at. */
  #membership([item, collection]: [ASTNode, ASTNode], locals: ReadonlySet<string>): void {
    const place = placeOf(collection)
    const named = item.op === 'value' && typeof item.args === 'string' ? item.args : undefined
    if (named !== undefined && mayBeOfBody(place, locals)) this.reads.members.add(named)
    if (place && !locals.has(place.root) && place.steps.length === 1 && named !== undefined) {
      this.#place(place, named)
      return
    }
    this.visit(item, locals)
    this.visit(collection, locals)
  }

  #method(node: Extract<ASTNode, { op: 'rcall' }>, locals: ReadonlySet<string>): void {
    const [name, receiver, args] = node.args
    this.#call(name, node.start, methods)
    this.visit(receiver, locals)
    const [item, ...rest] = args
    if (name.startsWith('get') && item) {
      this.#refuse(
        `${name}() takes no time zone${atCharacter(node.start)}`,
        'times are in UTC; compare with UTC',
      )
    }
    if (!isMacro(name) || item?.op !== 'id') {
      for (const argument of args) this.visit(argument, locals)
      return
    }
    const at = atCharacter(node.start)
    if (isAlwaysMap(receiver)) this.#refuse(`${name}() goes through a map${at}`, 'it is for lists')
    if (!isAlwaysList(receiver)) this.ranges.push(receiver)
    if (item.args === 'request' || item.args === 'identity' || item.args === 'now') {
      this.#refuse(`${name}() must not hide ${item.args}${at}`, `give the item another name`)
    }
    if (locals.size > 0) {
      this.#refuse(
        `${name}() stands inside another ${macros.join(', ')}${at}`,
        'its cost would grow with the square of what a caller sends; write it without nesting',
      )
    }
    for (const argument of rest) this.visit(argument, new Set([...locals, item.args]))
  }

  #call(name: string, start: number, offered: readonly string[]): void {
    if (offered.includes(name)) return
    this.#refuse(`${name}() is not offered in conditions${atCharacter(start)}`, suggest(name, offered))
  }

  #refuse(message: string, hint: string): void {
    this.problems.push({ message, hint })
  }
}

/** What has no place may be of the body, and so may the item that a macro looks at: a claim's does no harm. */
function mayBeOfBody(place: Place | undefined, locals: ReadonlySet<string>): boolean {
  if (place === undefined || locals.has(place.root)) return true
  return place.root === 'request' && place.steps[0] === 'body'
}
