import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { withReference } from './config-reference.ts'
import { describeSchema } from './describe-schema.ts'
import { configJsonSchema, type JsonSchema } from './json-schema.ts'
import { secretPattern } from './schema/text.ts'

it('is published as it is: after a change run `npm run schema`', () => {
  const file = new URL('../../schema/countersign.schema.json', import.meta.url)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(configJsonSchema())
})

it('is what docs/configuration.md says, key by key', () => {
  const page = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8')
  expect(page).toBe(withReference(page))
  const alike = [
    '| `audit.keep` |',
    '| `bundle` of `spiffe` |',
    '| `operations.NAME.route` |',
    '| `allow.when` |',
  ]
  for (const row of alike) expect(page).toContain(row)
})

it('describes every key', () => {
  const silent: string[] = []
  function walk(node: unknown, path: string): void {
    if (typeof node !== 'object' || node === null) return
    const { properties, items, additionalProperties, anyOf, oneOf }: JsonSchema = { ...node }
    for (const [key, child] of Object.entries(properties ?? {})) {
      if (typeof child.description !== 'string') silent.push(`${path}.${key}`)
      walk(child, `${path}.${key}`)
    }
    for (const branch of [items, additionalProperties, anyOf, oneOf].flat()) walk(branch, `${path}[]`)
  }
  walk(configJsonSchema(), '')
  expect(silent).toEqual([])
})

it('tells a secret that is written out from a reference, already in the editor', () => {
  const text = JSON.stringify(configJsonSchema())
  expect(text.split(JSON.stringify(secretPattern))).toHaveLength(11)
  expect(new RegExp(secretPattern).test('hunter2')).toBe(false)
  expect(new RegExp(secretPattern).test(['$', '{file:/run/secrets/x}'].join(''))).toBe(true)
})

it('looks a path up, through lists, names and alternatives', () => {
  expect(describeSchema(['gateway', 'tls', 'cert']).example).toBe('/run/tls/tls.crt')
  expect(describeSchema(['services', 'any', 'allow', 3]).keys).toEqual([
    'upstream',
    'operations',
    'audience',
    'resource',
    'scopes',
    'when',
    'limit',
    'release',
    'release_max_lifetime',
    'mode',
  ])
  expect(describeSchema(['nowhere', 'at', 'all'])).toEqual({
    description: undefined,
    example: undefined,
    keys: [],
  })
})
