import { ConditionError } from './condition-error.ts'

/**
 * The header fields that a condition reads, each with its one value. What is not there is left out.
 *
 * Two lines of one field and one line with a comma are the same message (RFC 9110 5.3), and readers differ in
 * which of the values they take: so a field with several values is not read at all.
 *
 * @param headers names and values in turn
 * @throws {ConditionError} several values; a value that is not plain ASCII, which readers decode differently
 */
export function singleHeaders(
  headers: readonly string[],
  names: ReadonlySet<string>,
): Record<string, string> {
  const found: Record<string, string> = Object.create(null)
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at]?.toLowerCase() ?? ''
    const value = headers[at + 1]
    if (value === undefined || !names.has(name)) continue
    if (name in found || value.includes(',')) throw new ConditionError(`the field ${name} has several values`)
    if (!/^[\t\x20-\x7e]*$/.test(value)) throw new ConditionError(`the field ${name} is not plain ASCII`)
    found[name] = value
  }
  return found
}

/**
 * The query parameters that a condition reads, each with its one value, decoded as a form is
 * (application/x-www-form-urlencoded). What is not there is left out.
 *
 * Servers differ in which of two values they take, and some take `role[]`, `role.x` or `Role` for `role`: a
 * parameter that comes in two such spellings, or in another than the condition's, is not read at all.
 *
 * @throws {ConditionError} several values or spellings; a `;`, which some servers take for `&`; a malformed escape
 */
export function singleParameters(query: string, names: ReadonlySet<string>): Record<string, string> {
  const found: Record<string, string> = Object.create(null)
  const text = query.startsWith('?') ? query.slice(1) : query
  if (names.size === 0 || text === '') return found
  if (text.includes(';')) throw new ConditionError('the query has a ";"')
  const spellings = new Map([...names].map((name) => [fold(name), name]))
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=')
    const name = decode(equals === -1 ? pair : pair.slice(0, equals))
    const read = names.has(name) ? name : otherSpelling(name, spellings)
    if (read === undefined) continue
    if (name !== read) throw new ConditionError(`the query has another spelling of ${read}`)
    if (name in found) throw new ConditionError(`the query parameter ${name} has several values`)
    found[name] = equals === -1 ? '' : decode(pair.slice(equals + 1))
  }
  return found
}

/**
 * The parameter that a server might take this name for: letters and digits decide, in any case, decoded twice too.
 * Servers that build lists and objects read `role` of `role[]`, `[role]` and `role.x`, `f[role]` of `f[role][0]`.
 */
function otherSpelling(name: string, spellings: ReadonlyMap<string, string>): string | undefined {
  const decoded = /%[0-9a-f]{2}/i.test(name) ? decode(name) : name
  const longest = Math.max(...[...spellings.keys()].map((spelling) => spelling.length))
  let begun = ''
  for (const part of decoded.normalize('NFKC').split(/[[\].\0]/)) {
    begun += fold(part)
    const known = spellings.get(begun)
    if (known !== undefined) return known
    if (begun.length > longest) return undefined
  }
  return undefined
}

function fold(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw new ConditionError('the query has a malformed escape', cause)
  }
}
