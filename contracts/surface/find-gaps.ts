import { faultKinds, presets } from '@countersign/auth-core'
import type { OwnRoute } from './own-routes.ts'
import type { Touched } from './touched-by.ts'

/** Things that no contract holds, and why. */
export interface Exception {
  readonly why: string
  readonly names: readonly string[]
}

/** What is public and in no contract. */
export interface Gaps {
  /** How many things are public. */
  readonly all: number
  /** In no contract, and an exception says why. */
  readonly excepted: ReadonlyMap<string, string>
  /** In no contract, and nobody says why. */
  readonly unexplained: readonly string[]
  /** Exceptions that are none: a contract has it, or it is gone. */
  readonly stale: readonly string[]
  /**
   * In a contract with the gateway, and in none with the vendor to whom it sends the call on: an operation, or what
   * callers send with it or rely on of its answer, `answered x of operation faable users.get`.
   */
  readonly withoutVendor: readonly string[]
}

/** Compares all that is public, `route GET /x`, `operation faable users.get`, `code x.y`, with what contracts touch. */
export function findGaps(
  routes: readonly OwnRoute[],
  touched: Touched,
  exceptions: readonly Exception[],
): Gaps {
  const open = [...routeEntries(routes, touched), ...operationEntries(touched), ...codeEntries(touched)]
  const untouched = new Set(open.filter(([, isTouched]) => !isTouched).map(([name]) => name))
  const reasons = exceptions.flatMap(({ why, names }) => names.map((name) => [name, why] as const))
  const excepted = new Map(reasons.filter(([name]) => untouched.has(name)))
  return {
    all: open.length,
    excepted,
    unexplained: [...untouched].filter((name) => !excepted.has(name)),
    stale: reasons.map(([name]) => name).filter((name) => !untouched.has(name)),
    withoutVendor: [...touched.called].flatMap(([name, sent]) => {
      const known = touched.sentOn.get(name)
      if (known === undefined) return [`operation ${name}`]
      return [...sent].filter((part) => !known.has(part)).map((part) => `${part} of operation ${name}`)
    }),
  }
}

type Entries = readonly (readonly [name: string, isTouched: boolean])[]

function routeEntries(routes: readonly OwnRoute[], { requests }: Touched): Entries {
  return routes.map(({ method, path }) => {
    const shape = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`)
    const isTouched = requests.some(
      (request) => shape.test(request.path) && (method === undefined || method === request.method),
    )
    return [`route ${method === undefined ? '' : `${method} `}${path}`, isTouched]
  })
}

function operationEntries({ called, sentOn }: Touched): Entries {
  const names = [...presets.values()].flatMap((preset) =>
    preset.operations.map(({ name }) => `${preset.name} ${name}`),
  )
  return names.map((name) => [`operation ${name}`, called.has(name) || sentOn.has(name)])
}

function codeEntries({ codes }: Touched): Entries {
  return Object.keys(faultKinds).map((code) => [`code ${code}`, codes.has(code)])
}
