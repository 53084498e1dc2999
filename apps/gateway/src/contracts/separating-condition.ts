import type { Need } from './need.ts'

/** Calls of one operation that a contract needs, and such that it needs to be refused. */
export interface Opposed {
  readonly allowed: readonly Need[]
  readonly refused: readonly Need[]
  /** Of the operation, as in `/api/accounts/{account_id}`. */
  readonly template: string
}

/**
 * The simplest condition in CEL that tells the one from the other by the examples: a part of the path that is a
 * claim, a member of the body, a query parameter, a claim, a header field. `undefined` where none of them does.
 */
export function separatingCondition({ allowed, refused, template }: Opposed): string | undefined {
  const [first] = allowed
  if (!first) return undefined
  const facts = (need: Need) => factsOf(need, template)
  const yes = allowed.map(facts)
  const no = refused.map(facts)
  const found = [ownPath, oneOf, memberOf].map((kind) => kind(yes, no)).find((each) => each !== undefined)
  // A service's example is text: in a configuration, `${file:…}` would fetch what only the gateway may read.
  return found?.replaceAll('${', () => '$${')
}

/** What a condition could read of a call: paths in CEL and their values. */
interface Facts {
  readonly path: ReadonlyMap<string, unknown>
  readonly claims: ReadonlyMap<string, unknown>
  readonly all: ReadonlyMap<string, unknown>
}

type Kind = (yes: readonly Facts[], no: readonly Facts[]) => string | undefined

/** `request.path.account_id == identity.claims.account` */
const ownPath: Kind = (yes, no) => {
  const [first] = yes
  for (const variable of first?.path.keys() ?? []) {
    for (const claim of first?.claims.keys() ?? []) {
      const holds = ({ path, claims }: Facts) => claims.has(claim) && path.get(variable) === claims.get(claim)
      if (yes.every(holds) && !no.some(holds)) return `${variable} == ${claim}`
    }
  }
  return undefined
}

/** `request.body.role in ["member", "viewer"]` */
const oneOf: Kind = (yes, no) => {
  for (const fact of yes[0]?.all.keys() ?? []) {
    const values = yes.map(({ all }) => all.get(fact))
    if (!values.every(isScalar) || no.some(({ all }) => values.includes(all.get(fact)))) continue
    const spelt = [...new Set(values.map((value) => JSON.stringify(value)))].sort()
    return spelt.length === 1 ? `${fact} == ${spelt[0]}` : `${fact} in [${spelt.join(', ')}]`
  }
  return undefined
}

/** `"support-l2" in identity.claims.groups` */
const memberOf: Kind = (yes, no) => {
  for (const [fact, list] of yes[0]?.all ?? []) {
    for (const value of listOf(list).filter(isScalar)) {
      const holds = ({ all }: Facts) => listOf(all.get(fact)).includes(value)
      if (yes.every(holds) && !no.some(holds)) return `${JSON.stringify(value)} in ${fact}`
    }
  }
  return undefined
}

function factsOf({ request, claims }: Need, template: string): Facts {
  const [target = '', search = ''] = request.target.split('?')
  const segments = target.split('/').slice(2)
  const path = template
    .split('/')
    .slice(1)
    .flatMap((part, at) => (part.startsWith('{') ? [[part.slice(1, -1), segments[at]] as const] : []))
  const headers = request.headers.flatMap((name, at) =>
    at % 2 === 0 && name.startsWith('x-') ? [[name, request.headers[at + 1]] as const] : [],
  )
  const own = members('identity.claims', Object.entries(claims))
  return {
    path: members('request.path', path),
    claims: own,
    all: new Map([
      ...members('request.body', Object.entries(bodyOf(request.body))),
      ...members('request.query', [...new URLSearchParams(search)]),
      ...own,
      ...members('request.headers', headers),
    ]),
  }
}

function members(owner: string, entries: readonly (readonly [string, unknown])[]): Map<string, unknown> {
  return new Map(
    entries.map(([name, value]) => [
      /^[A-Za-z_]\w*$/.test(name) ? `${owner}.${name}` : `${owner}[${JSON.stringify(name)}]`,
      value,
    ]),
  )
}

function bodyOf(body: string | undefined): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(body ?? '')
    return typeof content === 'object' && content !== null && !Array.isArray(content) ? { ...content } : {}
  } catch {
    return {}
  }
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
