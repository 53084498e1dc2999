import { expect, test } from 'vitest'
import { type CallRow, differences } from './call-row.ts'

const row: CallRow = {
  service: 'marketing',
  upstream: 'inbox-manager',
  operation: 'members.add',
  verdict: 'allow',
  status: 201,
  token: 'a2000f6badaa9071',
  origin: 'cache',
  cached: true,
  ms: 1.5,
  reason: 'marketing allow[0]',
  attempts: 1,
  scopes: '',
}

test('a call that was let through although it should have been refused shows', () => {
  const expected = { operation: 'members.add', verdict: 'deny', status: 403 } as const
  expect(differences(row, expected)).toEqual([
    'verdict is allow, expected deny',
    'status is 201, expected 403',
  ])
})

test('what an expectation leaves open is not judged', () => {
  expect(differences(row, { operation: 'members.add', verdict: 'allow', status: 201 })).toEqual([])
  const cold = { operation: 'members.add', verdict: 'allow', status: 201, cached: false } as const
  expect(differences(row, cold)).toEqual(['cached is true, expected false'])
})
