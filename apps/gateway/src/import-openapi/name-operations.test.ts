import { describe, expect, it } from 'vitest'
import { nameOperations } from './name-operations.ts'

function named(method: string, path: string, operationId?: string, tag?: string) {
  return { method, path, operationId, tag }
}

describe('a name', () => {
  it.each([
    ['tasks.list', named('GET', '/lists/{id}/tasks', 'tasksList', 'Tasks')],
    ['tasks.get', named('GET', '/tasks/{id}', 'task', 'Tasks')],
    ['accounts.list', named('GET', '/accounts', 'getAccounts', 'Accounts')],
    ['accounts.get', named('GET', '/accounts/{id}', 'get_account_by_id', 'Accounts')],
    ['user.logout', named('POST', '/user/logout', 'logout', 'User')],
    ['managed-accounts.upsert', named('POST', '/a', 'upsertManagedAccount', 'Managed accounts')],
    ['free-busy.list', named('GET', '/v1/freeBusy')],
    ['accounts.members.create', named('POST', '/api/v1/accounts/{id}/members')],
    ['root.get', named('GET', '/{id}')],
  ])('is %s', (name, operation) => {
    expect([...nameOperations([operation], new Set()).values()]).toEqual([name])
  })

  it('belongs to one operation, whatever the order of the document', () => {
    const operations = [
      named('GET', '/a/{id}', 'getA', 'Things'),
      named('GET', '/b/{id}', 'getA', 'Things'),
      named('PUT', '/c', undefined, 'Things'),
      named('PUT', '/c/{id}', undefined, 'Things'),
      named('PUT', '/c/{id}/', undefined, 'Things'),
    ]
    const forward = nameOperations(operations, new Set(['things.c.replace']))
    const backward = nameOperations(operations.toReversed(), new Set(['things.c.replace']))
    expect(new Set(forward.values()).size).toBe(operations.length)
    expect([...forward.values()]).not.toContain('things.c.replace')
    for (const operation of operations) expect(backward.get(operation)).toBe(forward.get(operation))
  })
})
