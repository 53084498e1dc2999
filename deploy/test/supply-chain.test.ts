import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'

const root = fileURLToPath(new URL('../..', import.meta.url))
const find = (...patterns: string[]) =>
  globSync(patterns, { cwd: root, exclude: ['**/node_modules/**'] }).sort()
const read = (file: string) => readFileSync(join(root, file), 'utf8')

test('no package runs a script of its own when it is installed', () => {
  const { allowBuilds } = parse(read('pnpm-workspace.yaml'))
  expect(Object.entries(allowBuilds).filter(([, allowed]) => allowed !== false)).toEqual([])
})

test('every package in the lockfile is held by a hash', () => {
  // The lockfile of pnpm itself comes first, where it has one.
  const documents = parseAllDocuments(read('pnpm-lock.yaml')).map((document) => document.toJS())
  const packages = documents.at(-1).packages
  const resolutions: [string, { resolution: { integrity?: string } }][] = Object.entries(packages)
  expect(resolutions.length).toBeGreaterThan(100)
  expect(resolutions.filter(([, { resolution }]) => !resolution.integrity?.startsWith('sha512-'))).toEqual([])
})

test('every package.json says under which licence it is', () => {
  const manifests = find('package.json', '*/package.json', '*/*/package.json')
  expect(manifests.length).toBeGreaterThan(8)
  expect(manifests.filter((file) => JSON.parse(read(file)).license !== 'Apache-2.0')).toEqual([])
})
