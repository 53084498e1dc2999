import { readFileSync } from 'node:fs'
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
