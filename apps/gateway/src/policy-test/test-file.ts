import { METHODS } from 'node:http'
import { type Document, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { yamlFaults } from '../config/yaml-faults.ts'

/** One test of a policy: a request that nobody makes, and what should become of it. */
export interface PolicyTest {
  readonly name: string
  /** `file:line:column` */
  readonly position: string
  readonly given: z.output<typeof given>
  readonly method: string
  readonly target: string
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body: string | undefined
  readonly now: number
  readonly expect: PolicyExpectation
}

/** What a test expects; what it does not name may be anything. */
export interface PolicyExpectation {
  readonly verdict: 'allow' | 'deny' | 'shadow'
  /** The place of the rule in the service's `allow` list, from 0, or its label. */
  readonly rule?: number | string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly audience?: string | undefined
  /** The fault that the request ends with: `policy.refused`, `route.unknown`, `request.malformed`. */
  readonly code?: string | undefined
}

const text = z.string().min(1)
const claims = z.record(z.string(), z.unknown()).optional()
const given = z.union(
  [z.strictObject({ service: text, claims }), z.strictObject({ issuer: text, subject: text, claims })],
  'is { service: NAME }, or { issuer: NAME, subject: SUBJECT }; with claims: { … } where they matter',
)
const verdict = z.enum(['allow', 'deny', 'shadow'])

const test = z.strictObject({
  name: text,
  given,
  request: z.string().refine(isRequest, 'is written as METHOD /upstream/path'),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  /** JSON, as YAML. */
  body: z.unknown().optional(),
  /** The body as it is, for what JSON written by a machine would never say. */
  raw_body: z.string().optional(),
  now: z.iso.datetime({ offset: true }).optional(),
  expect: z.union(
    [
      verdict,
      z.strictObject({
        verdict,
        rule: z.union([z.int().min(0), text]).optional(),
        scopes: z.array(text).optional(),
        audience: text.optional(),
        code: text.optional(),
      }),
    ],
    'is allow, deny or shadow, or { verdict: allow, rule: 0, scopes: […], audience: …, code: … } with what matters',
  ),
})
const file = z.strictObject(
  { tests: z.array(test).min(1, 'holds no test') },
  {
    error: ({ code }) =>
      code === 'invalid_type' ? 'holds no tests; begin with tests: and a list of them' : undefined,
  },
)

/** A test file that cannot be used: `file:line:column: what is wrong`, one for each. */
export class TestFileError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'TestFileError'
    this.problems = problems
  }
}

/** When a test says nothing else: always the same moment, so that a test means the same every day. */
const defaultNow = '2026-01-05T12:00:00Z'

/** Reads the tests of one file. @throws {TestFileError} */
export function parseTests(name: string, source: string): readonly PolicyTest[] {
  const lines = new LineCounter()
  // 'silent' would also silence the error about a second document.
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${name}:${Math.max(line, 1)}:${Math.max(col, 1)}`
  }
  const place = (path: readonly PropertyKey[]): string => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length), true)
      if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
        return at(Number(node.range[0]))
      }
    }
    return at(0)
  }
  if (document.errors.length > 0) {
    throw new TestFileError(
      yamlFaults(source, document.errors).map(
        ({ line, column, message, hint }) => `${name}:${line}:${column}: ${message}; ${hint}`,
      ),
    )
  }
  const parsed = file.safeParse(plainValue(document, at(0)))
  if (!parsed.success) {
    throw new TestFileError(
      parsed.error.issues.map(({ path, message }) => [place(path), ...named(path), message].join(': ')),
    )
  }
  return parsed.data.tests.map((entry, index) => {
    const [method = '', target = ''] = entry.request.split(' ')
    return {
      name: entry.name,
      position: place(['tests', index]),
      given: entry.given,
      method,
      target,
      headers: Object.entries(entry.headers ?? {}).flatMap(([field, values]) =>
        [values].flat().flatMap((value) => [field, value]),
      ),
      body: entry.raw_body ?? (entry.body === undefined ? undefined : JSON.stringify(entry.body)),
      now: Date.parse(entry.now ?? defaultNow),
      expect: typeof entry.expect === 'string' ? { verdict: entry.expect } : entry.expect,
    }
  })
}

/** @throws {TestFileError} for a value that no JSON can say: one that holds itself, or too much, through aliases */
function plainValue(document: Document, position: string): unknown {
  try {
    const value: unknown = document.toJS()
    JSON.stringify(value)
    return value
  } catch {
    throw new TestFileError([
      `${position}: an alias makes a value hold itself, or too much; write the values out`,
    ])
  }
}

function named(path: readonly PropertyKey[]): string[] {
  return path.length === 0 ? [] : [path.join('.')]
}

function isRequest(request: string): boolean {
  const [method = '', target = '', ...rest] = request.split(' ')
  return METHODS.includes(method) && target.startsWith('/') && rest.length === 0
}
