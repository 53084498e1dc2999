import type { z } from 'zod'
import { describeSchema } from './describe-schema.ts'
import type { FaultAtPath, FaultCollector } from './fault-collector.ts'
import { type Located, locate, type Path } from './located.ts'
import { unresolved } from './node-locator.ts'
import { suggest } from './suggest.ts'

type Issue = z.core.$ZodIssue

/** Adds what a schema found, in words and with the place of each. */
export function addIssues(faults: FaultCollector, root: Located, base: Path, issues: readonly Issue[]): void {
  for (const issue of issues) {
    const path: Path = [...base, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))]
    const { node, exact } = locate(root, path)
    // A reference that leads nowhere has been reported where it was resolved.
    if (exact && node.value === unresolved) continue
    const branch = issue.code === 'invalid_union' ? meantBranch(issue.errors) : undefined
    if (branch) addIssues(faults, root, path, branch)
    else for (const fault of explain(issue, path, exact ? node.value : undefined)) faults.add(root, fault)
  }
}

function explain(issue: Issue, path: Path, value: unknown): readonly FaultAtPath[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], key, describeSchema(path).keys))
    case 'invalid_key':
      return issue.issues.map((inner) => ({ path, ...wording(inner), atKey: true }))
    case 'invalid_union':
      // One key tells which form is meant, and it names none.
      if ('options' in issue) return [{ path, ...choice(issue.options, path, value) }]
      return [
        { path, message: `must be ${issue.errors.flat().map(expected).join(' or ')}`, hint: about(path) },
      ]
    case 'invalid_type':
      return [{ path, ...wrongType(issue.expected, path, value) }]
    case 'invalid_value':
      return [{ path, ...choice(issue.values, path, value) }]
    default:
      return [{ path, ...wording(issue) }]
  }
}

function unknownKey(path: Path, key: string, known: readonly string[]): FaultAtPath {
  return { path, message: 'is not known here', hint: suggest(key, known), atKey: true }
}

/** Of the ways a value may be written, the one that was meant: it fits as a whole and fails further inside. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const failsInside = (issues: readonly Issue[]) =>
    issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys')
  return branches.find(failsInside)
}

/** What one form of a value would have been. */
function expected(issue: Issue): string {
  if (issue.code === 'invalid_value') return issue.values.map(String).join(' or ')
  return issue.code === 'invalid_type' ? (kinds.get(issue.expected) ?? issue.expected) : 'something else'
}

type Wording = Pick<FaultAtPath, 'message' | 'hint'>

function wording(issue: Issue): Wording {
  if (issue.code === 'too_small') {
    return issue.origin === 'array'
      ? { message: 'is an empty list', hint: 'list at least one item' }
      : { message: 'is empty', hint: 'give it a value' }
  }
  const hint: unknown = issue.code === 'custom' ? issue.params?.hint : undefined
  return { message: issue.message, hint: typeof hint === 'string' ? hint : 'correct this value' }
}

function wrongType(expected: string, path: Path, value: unknown): Wording {
  if (value === undefined) return missing(path)
  if (value === null) return { message: 'has no value', hint: about(path) }
  const quotes =
    expected === 'string' && typeof value !== 'object' ? '; put it into quotes if it is meant as text' : ''
  return {
    message: `must be ${kinds.get(expected) ?? expected}, not ${kindOf(value)}`,
    hint: `${about(path)}${quotes}`,
  }
}

function missing(path: Path): Wording {
  return { message: 'is missing', hint: about(path) }
}

/** What the published schema says about this key. */
export function about(path: Path): string {
  const { description, example, keys } = describeSchema(path)
  const below = keys.length === 0 ? '' : ` Keys: ${keys.join(', ')}.`
  return `${description ?? 'see the documentation of this key.'}${below}${example === undefined ? '' : ` Example: ${example}`}`
}

function choice(values: readonly unknown[], path: Path, value: unknown): Wording {
  return value === undefined ? missing(path) : wrongValue(values, value)
}

function wrongValue(values: readonly unknown[], value: unknown): Wording {
  const known = values.map(String)
  const [only] = known
  return {
    message: known.length === 1 ? `must be ${only}` : `must be one of ${known.join(', ')}`,
    hint: known.length === 1 ? `write ${only}` : suggest(textOf(value), known),
  }
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['object', 'a map'],
  ['record', 'a map'],
  ['array', 'a list'],
  ['boolean', 'true or false'],
])

/** What was written, to find what it may have been meant for. A map has no text: it has no prototype. */
function textOf(value: unknown): string {
  return typeof value === 'object' ? '' : String(value)
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return 'text'
  return `the ${typeof value} ${String(value)}`
}
