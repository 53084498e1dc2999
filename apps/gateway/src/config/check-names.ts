import type { Preset } from '@countersign/auth-core'
import type { CheckContext } from './check-context.ts'
import { items, type Located, type Path, section } from './located.ts'
import { suggest } from './suggest.ts'

/**
 * Every name that refers to something must find it: issuers, upstreams, operations, presets. Works on the
 * tree as it was read, so that a dangling name is reported beside the other faults and not after them.
 */
export function checkNames({ root, presets, faults }: CheckContext): void {
  const issuers = section(root, 'issuers')
  const upstreams = section(root, 'upstreams')
  const operations = new Map<string, OperationNames>()
  for (const [name, upstream] of upstreams) operations.set(name, operationNames(upstream, presets))

  function expectKnown(what: string, path: Path, name: unknown, known: Names): void {
    if (typeof name !== 'string' || known.has(name)) return
    faults.addUnlessFaulted(root, { path, message: `names no ${what}`, hint: suggest(name, known.keys()) })
  }

  for (const [at, operator] of items(root.children.get('gateway') ?? root, 'operators')) {
    const path = ['gateway', 'operators', at, 'issuer']
    expectKnown('issuer', path, operator.children.get('issuer')?.value, issuers)
  }
  for (const [name, upstream] of upstreams) {
    expectKnown('preset', ['upstreams', name, 'preset'], upstream.children.get('preset')?.value, presets)
  }
  for (const [name, service] of section(root, 'services')) {
    for (const [at, identity] of items(service, 'identities')) {
      const path = ['services', name, 'identities', at, 'issuer']
      expectKnown('issuer', path, identity.children.get('issuer')?.value, issuers)
    }
    for (const [at, rule] of items(service, 'allow')) {
      const path = ['services', name, 'allow', at]
      const upstream = rule.children.get('upstream')?.value
      expectKnown('upstream', [...path, 'upstream'], upstream, upstreams)
      const known = typeof upstream === 'string' ? operations.get(upstream) : undefined
      // Of an upstream whose preset is unknown, nothing can be said about its operations.
      if (!known?.complete) continue
      for (const [index, operation] of items(rule, 'operations')) {
        expectKnown(
          `operation of ${String(upstream)}`,
          [...path, 'operations', index],
          operation.value,
          known.patterns,
        )
      }
    }
  }
}

/** What a map and a set have in common. */
interface Names {
  has(name: string): boolean
  keys(): Iterable<string>
}

interface OperationNames {
  /** Names, and the groups they belong to: `accounts.*`. */
  readonly patterns: ReadonlySet<string>
  readonly complete: boolean
}

function operationNames(upstream: Located, presets: ReadonlyMap<string, Preset>): OperationNames {
  const named = upstream.children.get('preset')
  const preset = typeof named?.value === 'string' ? presets.get(named.value) : undefined
  const own = [...(upstream.children.get('operations')?.children.keys() ?? [])].map(String)
  const patterns = new Set<string>()
  for (const name of [...(preset?.operations.map((operation) => operation.name) ?? []), ...own]) {
    patterns.add(name)
    for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
      patterns.add(`${name.slice(0, dot)}.*`)
    }
  }
  return { patterns, complete: named === undefined || preset !== undefined }
}
