import type { ASTNode } from '@marcbachmann/cel-js'
import { atCharacter, type ConditionProblem } from './condition-problem.ts'
import { suggest } from './suggest.ts'

/** A chain such as `request.headers["x-team"]`, taken apart. */
export interface Place {
  readonly root: string
  /** The names after the root, up to the first that is not written out. */
  readonly steps: readonly string[]
  /** Indices that are expressions. */
  readonly dynamic: readonly ASTNode[]
  /** The chain as far as its names are written out. */
  readonly node: ASTNode
}

/** What a place is read with. */
export interface PlaceContext {
  /** For `"name" in request.headers`: the name. */
  readonly asked: string | undefined
  readonly pathVariables: readonly string[]
  /** Filled. */
  readonly reads: { query: Set<string>; headers: Set<string>; path: Set<string>; body: boolean }
}

/** Takes a chain of names and indices apart; `undefined` for anything else. */
export function placeOf(node: ASTNode): Place | undefined {
  if (node.op === 'id') return { root: node.args, steps: [], dynamic: [], node }
  if (node.op !== '.' && node.op !== '[]') return undefined
  const [inner, key] = node.args
  const outer = placeOf(inner)
  if (!outer) return undefined
  const name = typeof key === 'string' ? key : literal(key)
  // Behind an index that is not written out, nothing has a name of its own any more.
  if (name !== undefined && outer.node === inner) return { ...outer, steps: [...outer.steps, name], node }
  return typeof key === 'string' || name !== undefined
    ? outer
    : { ...outer, dynamic: [...outer.dynamic, key] }
}

/** The name that an index writes out; `undefined` where it is an expression. */
export function literal(node: ASTNode): string | undefined {
  if (node.op !== 'value') return undefined
  return typeof node.args === 'string' || typeof node.args === 'bigint' ? String(node.args) : undefined
}

/** Notes what a place reads. @returns what is wrong with it, if anything */
export function readPlace(place: Place, context: PlaceContext): ConditionProblem | undefined {
  const [part] = place.steps
  const at = atCharacter(place.node.start)
  if (place.root === 'now') return undefined
  const parts = roots.get(place.root)
  if (!parts) {
    return { message: `there is no ${place.root}${at}`, hint: suggest(place.root, [...roots.keys(), 'now']) }
  }
  const known = [...parts.keys()]
  if (part === undefined) {
    return {
      message: `${place.root} is no value of its own${at}`,
      hint: `read a part of it: ${known.map((name) => `${place.root}.${name}`).join(', ')}`,
    }
  }
  const read = parts.get(part)
  return read
    ? read(place, context)
    : { message: `there is no ${place.root}.${part}${at}`, hint: suggest(part, known) }
}

type Read = (place: Place, context: PlaceContext) => ConditionProblem | undefined

const plain: Read = () => undefined

const roots: ReadonlyMap<string, ReadonlyMap<string, Read>> = new Map([
  [
    'identity',
    new Map<string, Read>([
      ['issuer', plain],
      ['subject', plain],
      ['service', plain],
      ['claims', plain],
    ]),
  ],
  [
    'request',
    new Map<string, Read>([
      ['method', plain],
      ['path', readPathVariable],
      ['query', (place, context) => readByName(place, context, context.reads.query)],
      ['headers', readHeader],
      ['body', readBody],
    ]),
  ],
])

function readBody(_place: Place, { reads }: PlaceContext): undefined {
  reads.body = true
}

/** Whoever reads all names reads what nobody thought of; and each name can be looked up before evaluating. */
function readByName(place: Place, { asked }: PlaceContext, names: Set<string>): ConditionProblem | undefined {
  const name = place.steps[1] ?? asked
  if (name === undefined || name === '') {
    return {
      message: `${place.root}.${place.steps[0]} must be read by a name that is written out${atCharacter(place.node.start)}`,
      hint: `write ${place.root}.${place.steps[0]}["name"], or "name" in ${place.root}.${place.steps[0]}`,
    }
  }
  names.add(name)
  return undefined
}

function readHeader(place: Place, context: PlaceContext): ConditionProblem | undefined {
  const name = place.steps[1] ?? context.asked
  const at = atCharacter(place.node.start)
  if (name !== undefined && credentialFields.has(name.toLowerCase())) {
    return {
      message: `the field ${name} holds a credential and is not for conditions${at}`,
      hint: 'who calls is in identity: identity.subject, identity.claims',
    }
  }
  if (name !== undefined && name !== name.toLowerCase()) {
    return {
      message: `the field ${name} is not in lower case${at}`,
      hint: `write "${name.toLowerCase()}": fields are compared in lower case`,
    }
  }
  return readByName(place, context, context.reads.headers)
}

const credentialFields: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
])

function readPathVariable(place: Place, context: PlaceContext): ConditionProblem | undefined {
  const problem = readByName(place, context, context.reads.path)
  const name = place.steps[1] ?? context.asked
  if (problem || name === undefined || context.pathVariables.includes(name)) return problem
  const known = context.pathVariables
  return {
    message: `not every operation of this rule has {${name}} in its path${atCharacter(place.node.start)}`,
    hint: known.length === 0 ? 'they have no variable in common; split the rule' : suggest(name, known),
  }
}
