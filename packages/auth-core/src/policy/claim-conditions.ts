/** A value that a claim can be compared with. */
export type ClaimValue = string | number | boolean

/** What a claim must be: this value, one of these, or an object whose members are in turn like this. */
export type ClaimCondition = ClaimValue | readonly ClaimValue[] | ClaimConditions

/** What claims must be, by name. */
export interface ClaimConditions {
  readonly [claim: string]: ClaimCondition
}

/** One claim and the values that will do. */
export interface CompiledClaim {
  /** Names that lead to it. */
  readonly path: readonly string[]
  /** The path as one text, to compare by. */
  readonly key: string
  readonly values: ReadonlySet<ClaimValue>
}

/** Takes conditions apart into one for each claim. */
export function compileClaims(
  conditions: ClaimConditions,
  above: readonly string[] = [],
): readonly CompiledClaim[] {
  return Object.entries(conditions).flatMap(([name, condition]): readonly CompiledClaim[] => {
    const path = [...above, name]
    if (isConditions(condition)) return compileClaims(condition, path)
    const values = new Set(typeof condition === 'object' ? condition : [condition])
    return [{ path, key: JSON.stringify(path), values }]
  })
}

/**
 * Is the claim one of the values? Compared as it is: `"1"` is not `1`, and a list is not its only member, which
 * is a question for a rule's condition. What is not there is nothing.
 */
export function claimFits(
  { path, values }: CompiledClaim,
  claims: Readonly<Record<string, unknown>>,
): boolean {
  let value: unknown = claims
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false
    value = (value as Record<string, unknown>)[name]
  }
  return values.has(value as ClaimValue)
}

/** Claims that fit: the first value of each. */
export function exampleClaims(conditions: ClaimConditions): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(conditions).map(([name, condition]) => {
      if (isConditions(condition)) return [name, exampleClaims(condition)]
      return [name, typeof condition === 'object' ? condition[0] : condition]
    }),
  )
}

function isConditions(condition: ClaimCondition): condition is ClaimConditions {
  return typeof condition === 'object' && !Array.isArray(condition)
}
