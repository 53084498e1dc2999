import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { flatAnyText } from '../flat-text.ts'
import type { Position } from './config-faults.ts'
import { emptyMap, type Located, type Path, spellPath } from './located.ts'
import type { YamlContext } from './read-yaml.ts'
import { resolveReferences } from './references.ts'

/** A parsed document and the way from its offsets to lines. */
export interface LocatorContext extends YamlContext {
  readonly document: Document.Parsed
  readonly positionOf: (offset: number) => Position
}

/** Stands where a reference could not be resolved, which has been reported: what follows is silent about it. */
export const unresolved: unique symbol = Symbol('unresolved')

/** An alias copies what it names; a few levels of that make billions of values out of ten lines. */
const maxAliasedValues = 10_000
const maxDepth = 32

/** Where a value stands in the tree, and whether it stands there by an alias. */
interface Spot {
  readonly path: Path
  readonly keyAt: Position
  readonly viaAlias: boolean
}

type Wording = readonly [message: string, hint: string]

/** Turns the nodes of one document into {@link Located} values. */
export class NodeLocator {
  readonly #context: LocatorContext
  #aliased = 0

  constructor(context: LocatorContext) {
    this.#context = context
  }

  /** The whole document; without entries when it is empty. */
  locateRoot(): Located | undefined {
    const { document, positionOf } = this.#context
    const at = positionOf(0)
    if (document.contents === null) return emptyMap(at)
    return this.#locate(document.contents, { path: [], keyAt: at, viaAlias: false })
  }

  #locate(node: Node | null, spot: Spot): Located | undefined {
    const { document } = this.#context
    const at = this.#placeOf(node, spot.keyAt)
    if (spot.path.length > maxDepth) return this.#refuse(at, spot.path.slice(0, 4), tooDeep)
    if (spot.viaAlias && ++this.#aliased > maxAliasedValues) {
      // Said once; the values that would follow are exactly what there are too many of.
      return this.#aliased > maxAliasedValues + 1 ? undefined : this.#refuse(at, spot.path, tooManyAliased)
    }
    if (isAlias(node)) {
      const target = node.resolve(document)
      return target
        ? this.#locate(target, { ...spot, viaAlias: true })
        : this.#refuse(at, spot.path, danglingAlias)
    }
    if (isMap(node)) return this.#locateMap(node, spot, at)
    if (isSeq(node)) return this.#locateList(node, spot, at)
    return this.#locateScalar(node, spot, at)
  }

  #locateMap(map: YAMLMap, { path, keyAt, viaAlias }: Spot, at: Position): Located {
    const children = new Map<string, Located>()
    const value: Record<string, unknown> = Object.create(null)
    const seen = new Set<string>()
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const place = this.#placeOf(pair.key, at)
      const key = isScalar(pair.key) ? pair.key.value : undefined
      if (typeof key !== 'string' || key === '<<' || key === '__proto__') {
        this.#refuse(place, path, key === '<<' ? mergeKey : badKey)
        continue
      }
      if (seen.has(key)) {
        this.#refuse(place, [...path, key], duplicateKey)
        continue
      }
      seen.add(key)
      const child = this.#locate(pair.value, { path: [...path, key], keyAt: place, viaAlias })
      if (!child) continue
      children.set(key, child)
      value[key] = child.value
    }
    return { value, at, keyAt, source: '', children }
  }

  #locateList(list: YAMLSeq, { path, keyAt, viaAlias }: Spot, at: Position): Located {
    const children = new Map<number, Located>()
    for (const [index, item] of (list.items as (Node | null)[]).entries()) {
      const place = this.#placeOf(item, at)
      const child = this.#locate(item, { path: [...path, index], keyAt: place, viaAlias })
      if (child) children.set(index, child)
    }
    return { value: [...children.values()].map((child) => child.value), at, keyAt, source: '', children }
  }

  #locateScalar(node: Node | null, { path, keyAt }: Spot, at: Position): Located {
    const raw: unknown = isScalar(node) ? node.value : null
    const located = { at, keyAt, source: String(raw ?? ''), children: new Map<string, Located>() }
    if (typeof raw !== 'string') return { ...located, value: raw }
    const resolved = resolveReferences(raw, this.#context.references, path)
    if (typeof resolved === 'string') return { ...located, value: flatAnyText(resolved) }
    for (const { message, hint } of resolved) this.#refuse(at, path, [message, hint])
    return { ...located, value: unresolved }
  }

  #placeOf(node: Node | null, otherwise: Position): Position {
    return node?.range ? this.#context.positionOf(node.range[0]) : otherwise
  }

  #refuse(at: Position, path: Path, [message, hint]: Wording): undefined {
    this.#context.faults.addAt(at, { path: spellPath(path), message, hint })
  }
}

const tooDeep: Wording = ['is nested too deep', `use at most ${maxDepth} levels`]
const tooManyAliased: Wording = [
  'stands for too many values through aliases',
  `aliases may stand for at most ${maxAliasedValues} values in a file; write the values out`,
]
const danglingAlias: Wording = ['refers to an anchor that does not exist', 'define &name before *name']
const mergeKey: Wording = ['has a merge key', '"<<" is not part of YAML 1.2; write the keys out']
const duplicateKey: Wording = ['is written twice', 'a name may appear once; remove or rename one of the two']
const badKey: Wording = [
  'has a key that is not a plain name',
  'a key is text; a number or true as a name needs quotes',
]
