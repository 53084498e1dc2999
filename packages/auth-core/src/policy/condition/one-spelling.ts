import type { Json } from '../../identity/strict-json.ts'
import { ConditionError } from './condition-error.ts'

/** By body, the names in it by what they fold to: worked out once, however many rules read it. */
const known = new WeakMap<object, ReadonlyMap<string, readonly string[]>>()

/**
 * Refuses a body in which a member has another spelling of one that a condition names: many servers take `Role` for
 * `role` and `accountId` for `account_id`, so that what the condition finds absent would be there. Wherever in the
 * body it stands, since only the upstream knows where it looks.
 *
 * @throws {ConditionError} names the member as the condition has it
 */
export function assertOneSpelling(body: Json, names: ReadonlySet<string>): void {
  if (typeof body !== 'object' || body === null || names.size === 0) return
  const spellings = known.get(body) ?? spellingsIn(body)
  known.set(body, spellings)
  for (const name of names) {
    if (spellings.get(fold(name))?.some((spelling) => !names.has(spelling)))
      throw new ConditionError(`the body has another spelling of ${name}`)
  }
}

function spellingsIn(body: Json): ReadonlyMap<string, readonly string[]> {
  const names = new Set<string>()
  function visit(part: Json): void {
    if (typeof part !== 'object' || part === null) return
    if (!Array.isArray(part)) for (const name in part) names.add(name)
    for (const item of Object.values(part)) visit(item)
  }
  visit(body)
  return Map.groupBy(names, fold)
}

/** In one case, without what separates words. A mark before a name stays: `_id` and `@type` stand beside `id` and `type`. */
function fold(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(?<=[^_-])[_-]+/g, '')
}
