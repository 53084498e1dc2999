import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { faultKinds } from '@countersign/auth-core'
import { expect, it } from 'vitest'
import { faultStatus } from './fault-status.ts'

const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8')
const rows = [...page.matchAll(/^\| `([^`]+)` \| (\d{3})[^|]* \| (\w+) \|/gm)]

it('docs/errors.md lists exactly the codes there are, with their status and owner', () => {
  const documented = rows.map(([, code, status, owner]) => [code, Number(status), owner])
  const actual = Object.entries(faultKinds).map(([code, { owner }]) => [
    code,
    faultStatus[code as keyof typeof faultStatus],
    owner,
  ])
  expect(documented.sort()).toEqual(actual.sort())
})

it('every code is one that something answers or records, and none is left over', () => {
  const cwd = fileURLToPath(new URL('../../../..', import.meta.url))
  const sources = ['apps/gateway/src/**/*.ts', 'packages/auth-core/src/**/*.ts']
  const tables = ['**/fault.ts', '**/fault-status.ts', '**/proxy-status.ts', '**/*.test.ts']
  const texts = globSync(sources, { cwd, exclude: tables }).map((file) =>
    readFileSync(`${cwd}/${file}`, 'utf8'),
  )
  const unused = Object.keys(faultKinds).filter((code) => !texts.some((text) => text.includes(`'${code}'`)))
  expect(unused).toEqual([])
})
