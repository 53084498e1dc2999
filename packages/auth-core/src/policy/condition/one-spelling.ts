import { isJsonObject, type Json } from '../../identity/strict-json.ts'
import { ConditionError } from './condition-error.ts'

/**
 * Refuses a body in which a member has another spelling of one that a condition names: many servers take `Role` for
 * `role` and `accountId` for `account_id`, so that what the condition finds absent would be there. Wherever in the
 * body it stands, since only the upstream knows where it looks.
 *
 * @throws {ConditionError} names the member as the condition has it
 */
export function assertOneSpelling(value: Json, names: ReadonlySet<string>): void {
  const spellings = new Map([...names].map((name) => [fold(name), name]))
  visit(value)

  function visit(part: Json): void {
    if (typeof part !== 'object' || part === null) return
    if (isJsonObject(part)) for (const name of Object.keys(part)) assertSpelling(name)
    for (const item of Object.values(part)) visit(item)
  }
  function assertSpelling(name: string): void {
    const named = names.has(name) ? undefined : spellings.get(fold(name))
    if (named !== undefined) throw new ConditionError(`the body has another spelling of ${named}`)
  }
}

/** In one case, without what separates words. A mark before a name stays: `_id` and `@type` stand beside `id` and `type`. */
function fold(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(?<=[^_-])[_-]+/g, '')
}
