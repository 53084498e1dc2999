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
    const read = spellings.get(fold(name)) ?? spellings.get(fold(stem(name)))
    if (read === undefined) continue
    if (name !== read) throw new ConditionError(`the query has another spelling of ${read}`)
    if (name in found) throw new ConditionError(`the query parameter ${name} has several values`)
    found[name] = equals === -1 ? '' : decode(pair.slice(equals + 1))
  }
  return found
}

/** What a server might take for the same parameter: letters and digits decide, in any case, decoded twice too. */
function fold(name: string): string {
  const decoded = /%[0-9a-f]{2}/i.test(name) ? decode(name) : name
  return decoded
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

/** `role` of `role[]`, `[role]` and `role.x`, as servers that build lists and objects read them. */
function stem(name: string): string {
  return name.replace(/^[[\]\s]+/, '').replace(/[[\].\0].*$/s, '')
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw new ConditionError('the query has a malformed escape', cause)
  }
}
