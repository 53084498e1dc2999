const none: ReadonlySet<string> = new Set()
/** Nothing to decode and nothing to cut off: what nearly all names are. */
const plain = /^\w*$/

/**
 * The names of a request target's query parameters, decoded and in lower case, however a server behind us may
 * split them (`&` or `;`). For refusing a few names; nothing is ever rebuilt from it.
 */
export function queryNames(target: string | undefined): ReadonlySet<string> {
  const mark = target?.indexOf('?') ?? -1
  if (target === undefined || mark === -1) return none
  const pairs = target.slice(mark + 1).split(/[&;]/)
  const spelt = new Set(pairs.map((pair) => pair.split('=', 1)[0] ?? ''))
  return new Set([...spelt].map((name) => (plain.test(name) ? name.toLowerCase() : stem(decoded(name)))))
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '))
  } catch {
    return name
  }
}

/** `_method` of `_method[]`, `[_method]` and ` _method`, as servers that build lists and objects read them. */
function stem(name: string): string {
  return name
    .replace(/^[[\]\s]+/, '')
    .replace(/[[\].\0].*$/s, '')
    .trim()
    .toLowerCase()
}
