const none: ReadonlySet<string> = new Set()

/**
 * The names of a request target's query parameters, decoded and in lower case, however a server behind us may
 * split them (`&` or `;`). For refusing a few names; nothing is ever rebuilt from it.
 */
export function queryNames(target: string | undefined): ReadonlySet<string> {
  const mark = target?.indexOf('?') ?? -1
  if (target === undefined || mark === -1) return none
  const pairs = target.slice(mark + 1).split(/[&;]/)
  return new Set(pairs.map((pair) => decoded(pair.split('=', 1)[0] ?? '').toLowerCase()))
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
