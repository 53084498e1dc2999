import type { IdentityDefinition } from '@countersign/auth-core'
/** A rule as it is written, what is not said left out. */
export interface WrittenRule {
  readonly upstream: string
  readonly operations: readonly string[]
  readonly audience?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly when?: string | undefined
  readonly limit?: string | undefined
  readonly release?: 'token' | undefined
  readonly release_max_lifetime?: string | undefined
}

/** A service as it is written. */
export interface WrittenService {
  readonly name: string
  readonly identities: readonly IdentityDefinition[]
  readonly allow: readonly WrittenRule[]
}

/** A rule in one line: `{ upstream: faable, operations: [users.list] }`. */
export function flowRule(rule: WrittenRule): string {
  return flow(plain(rule))
}

/** `services:` with everything below it. */
export function servicesYaml(services: readonly WrittenService[]): string {
  const lines = services.flatMap(({ name, identities, allow }) => [
    `  ${flow(name)}:`,
    '    identities:',
    ...identities.map(({ issuer, subject, claims }) => `      - ${flow(plain({ issuer, subject, claims }))}`),
    ...(allow.length === 0 ? ['    allow: []'] : ['    allow:']),
    ...allow.flatMap(ruleLines),
  ])
  return services.length === 0 ? 'services: {}\n' : `services:\n${lines.join('\n')}\n`
}

/** In one line as long as it fits; a condition has lines of its own. */
function ruleLines(rule: WrittenRule): readonly string[] {
  const line = `      - ${flowRule(rule)}`
  if (rule.when === undefined && line.length <= 110) return [line]
  return Object.entries(plain(rule)).map(
    ([key, value], at) => `      ${at === 0 ? '- ' : '  '}${key}: ${flow(value)}`,
  )
}

function plain(written: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined))
}

/** A value in one line, as people write it: no quotes where none are needed. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member]) => `${flow(key)}: ${flow(member)}`)
    return `{ ${members.join(', ')} }`
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = String(value)
  if (plainText.test(text) && !words.has(text.toLowerCase())) return text
  return text.includes('"') && !/['\\\n]/.test(text) ? `'${text}'` : JSON.stringify(text)
}

/** Names of all kinds, limits and durations: `60/minute`, `7200s`. */
const plainText = /^(?:[A-Za-z][\w.*/:@-]*[\w*]|\d+\/[a-z]+|\d+s)$/

/** What YAML, in some version, takes for something else than text. */
const words: ReadonlySet<string> = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off'])
