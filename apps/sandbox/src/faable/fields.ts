import { type FieldIssue, invalidFields } from './faable-error.ts'

/** What a field holds; with `!` it has to be there when a record is made. */
export type FieldKind = 'text' | 'text!' | 'flag' | 'number' | 'object' | 'texts' | 'any'

/** Fields by name; `*` stands for all others, which are dropped without it. */
export type FieldRules = Readonly<Record<string, FieldKind>>

/** The server's own, whatever a body says. */
const readOnly: ReadonlySet<string> = new Set(['id', 'account', 'createdAt', 'updatedAt'])

/**
 * Reads the fields of a body that may be written, and drops the rest.
 *
 * @param complete whether fields marked `!` have to be there
 * @throws {FaableError} `validation_error` that names every field that failed
 */
export function readFields(
  body: unknown,
  rules: FieldRules,
  complete: boolean,
): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalidFields({ path: 'body', message: 'is not a JSON object' })
  }
  const given = new Map<string, unknown>(Object.entries(body).filter(([name]) => !readOnly.has(name)))
  const issues: FieldIssue[] = []
  for (const [path, kind] of Object.entries(rules)) {
    if (complete && kind.endsWith('!') && !given.has(path)) issues.push({ path, message: 'is required' })
  }
  const kept = [...given].filter(([path, value]) => {
    const kind = Object.hasOwn(rules, path) ? rules[path] : rules['*']
    if (kind === undefined) return false
    const flaw = tests[kind](value)
    if (flaw !== undefined) issues.push({ path, message: flaw })
    return true
  })
  if (issues.length > 0) throw invalidFields(...issues)
  return Object.fromEntries(kept)
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? undefined : 'is not text')

const tests: Readonly<Record<FieldKind, (value: unknown) => string | undefined>> = {
  text,
  'text!': text,
  flag: (value) => (typeof value === 'boolean' ? undefined : 'is not true or false'),
  number: (value) => (typeof value === 'number' ? undefined : 'is not a number'),
  object: (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'is not an object',
  texts: (value) =>
    Array.isArray(value) && value.every((item) => typeof item === 'string')
      ? undefined
      : 'is no list of texts',
  any: () => undefined,
}
