import type { DescribedOperation } from './described-operation.ts'
import { wordsOf } from './words-of.ts'

/** What a name is made of. */
type Named = Pick<DescribedOperation, 'method' | 'path' | 'operationId' | 'tag'>

const verbs: ReadonlySet<string> = new Set(
  `get list read find search query count check create add new invite post send upload import delete remove revoke
  cancel update patch edit modify set put replace upsert start stop run begin confirm approve reject enable disable
  attach detach link unlink assign unassign move copy reset rotate refresh verify validate export download restore
  archive suspend activate deactivate publish resend`.split(/\s+/),
)

const verbOf: ReadonlyMap<string, string> = new Map([
  ['GET', 'get'],
  ['POST', 'create'],
  ['PUT', 'replace'],
  ['PATCH', 'update'],
])

/**
 * A name for each operation: group of its tag, things, verb last (`accounts.members.add`). Each gets the
 * shortest of its names that no other one wants, so that the order of the document does not matter.
 *
 * @param taken names that are not free
 */
export function nameOperations<Operation extends Named>(
  operations: readonly Operation[],
  taken: ReadonlySet<string>,
): ReadonlyMap<Operation, string> {
  const names = new Map<Operation, string>()
  const used = new Set(taken)
  let open = [...operations].sort((a, b) => compare(routeOf(a), routeOf(b)))
  for (let level = 0; open.length > 0; level += 1) {
    const wanted = Map.groupBy(open, (operation) => nameAt(operation, level))
    open = []
    for (const [name, those] of wanted) {
      const [only] = those
      // Past the last candidate, the first by route gets the number: two that are named alike never end otherwise.
      const isFree = !used.has(name) && (those.length === 1 || level >= candidateCount)
      if (only !== undefined && isFree) names.set(only, name)
      open.push(...(isFree ? those.slice(1) : those))
    }
    for (const name of names.values()) used.add(name)
  }
  return names
}

/** How many names an operation has before numbers. */
const candidateCount = 4

function nameAt(operation: Named, level: number): string {
  const group = groupOf(operation)
  const whole = [group, wordsOf(operation.operationId ?? '').join('-')].filter(Boolean).join('.')
  const byRoute = `${group}.${wordsOf(operation.path).join('-')}.${operation.method.toLowerCase()}`
  const candidates = [shortName(operation, group), pathName(operation, group), whole, byRoute]
  const name = candidates[level] ?? `${byRoute}-${level - candidateCount + 2}`
  return name.length <= 128 ? name : `${name.slice(0, 110)}-${level + 1}`
}

/** From the `operationId`, where there is one. */
function shortName(operation: Named, group: string): string {
  const { operationId, method, path } = operation
  if (operationId === undefined) return pathName(operation, group)
  const { verb, things } = split(wordsOf(operationId), method)
  const about = things.slice(0, things.includes('by') ? things.indexOf('by') : undefined)
  const isList = verb === 'get' && method === 'GET' && !path.endsWith('}') && about.at(-1)?.endsWith('s')
  return [group, withoutGroup(about, group).join('-'), isList ? 'list' : verb].filter(Boolean).join('.')
}

function split(words: readonly string[], method: string): { verb: string; things: readonly string[] } {
  const first = words[0] ?? ''
  const last = words.at(-1) ?? ''
  if (verbs.has(first)) return { verb: first, things: words.slice(1) }
  if (verbs.has(last)) return { verb: last, things: words.slice(0, -1) }
  // Without a known verb: what a GET names is a thing, what another method names is what it does.
  if (method === 'GET') return { verb: 'get', things: words }
  return { verb: words.join('-') || defaultVerb(method), things: [] }
}

/** From method and path. */
function pathName({ method, path }: Named, group: string): string {
  const literals = path.split('/').filter((segment) => !isVariable(segment) && !isVersion(segment))
  const about = withoutGroup(literals.flatMap(wordsOf), group)
  const verb = method === 'GET' && !path.endsWith('}') ? 'list' : defaultVerb(method)
  return [group, about.join('-'), verb].filter(Boolean).join('.')
}

function groupOf({ tag, path }: Named): string {
  const literal = path
    .split('/')
    .find((segment) => segment !== '' && !isVariable(segment) && !isVersion(segment))
  return wordsOf(tag ?? '').join('-') || wordsOf(literal ?? '').join('-') || 'root'
}

/** Without the group's own words at either end: `accounts.list`, not `accounts.accounts.list`. */
function withoutGroup(words: readonly string[], group: string): readonly string[] {
  const own = new Set(group.split('-').map(stem))
  const from = words.findIndex((word) => !own.has(stem(word)))
  if (from === -1) return []
  return words.slice(from, words.findLastIndex((word) => !own.has(stem(word))) + 1)
}

function stem(word: string): string {
  return word.replace(/ies$/, 'y').replace(/s$/, '')
}

function defaultVerb(method: string): string {
  return verbOf.get(method) ?? method.toLowerCase()
}

function isVariable(segment: string): boolean {
  return segment.includes('{')
}

function isVersion(segment: string): boolean {
  return /^(?:api|rest|v\d[\w.]*)?$/i.test(segment)
}

function routeOf({ method, path }: Named): string {
  return `${path} ${method}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
