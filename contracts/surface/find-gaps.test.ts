import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parsePact } from '@countersign/gateway/src/contracts/pact-document.ts'
import { expect, test } from 'vitest'
import { findGaps } from './find-gaps.ts'
import { ownRoutes } from './own-routes.ts'
import { touchedBy } from './touched-by.ts'

interface Made {
  readonly call: `${string} /${string}`
  readonly status?: number
  readonly code?: string
  readonly headers?: object
  readonly query?: object
  readonly sent?: object
  readonly answered?: object
}

function pactWith(provider: string, ...made: readonly Made[]) {
  const interactions = made.map(({ call, code, headers, query, sent, answered, status = 200 }) => {
    const [method, path] = call.split(' ')
    const json = (content: object) => ({ content, contentType: 'application/json', encoded: false })
    const request = { method, path, query, body: sent && json(sent) }
    const content = code === undefined ? answered : { code }
    return { description: call, request, response: { status, headers, body: content && json(content) } }
  })
  return parsePact(JSON.stringify({ consumer: { name: 'a' }, provider: { name: provider }, interactions }))
}
const gateway = (...made: readonly Made[]) => pactWith('countersign-gateway', ...made)

const untouched = touchedBy([])
const gapsWith = (pact: ReturnType<typeof pactWith>) =>
  findGaps([{ method: 'GET', path: '/x/:id' }], touchedBy([pact]), [])

test('what no contract touches and nobody explains is named', () => {
  const { unexplained } = findGaps([{ method: 'GET', path: '/x' }], untouched, [])
  expect(unexplained).toContain('route GET /x')
  expect(unexplained).toContain('operation faable users.get')
  expect(unexplained).toContain('code policy.refused')
})

test('and what is explained is not, but for explanations of what is touched, or gone', () => {
  const names = ['code policy.refused', 'code no.such-code', 'code route.unknown']
  const touched = touchedBy([gateway({ call: 'GET /nowhere', code: 'route.unknown' })])
  const { excepted, unexplained, stale } = findGaps([], touched, [{ why: 'of a reason', names }])
  expect([...excepted]).toEqual([['code policy.refused', 'of a reason']])
  expect(unexplained).not.toContain('code policy.refused')
  expect(stale).toEqual(['code no.such-code', 'code route.unknown'])
})

test.each<[string, ReturnType<typeof pactWith>]>([
  ['route GET /x/:id', gateway({ call: 'GET /x/one' })],
  ['operation faable users.get', gateway({ call: 'GET /faable/user/one' })],
  ['operation faable users.get', pactWith('faable-api', { call: 'GET /user/one' })],
  ['code route.unknown', gateway({ call: 'GET /nowhere', code: 'route.unknown' })],
  [
    'code route.unknown',
    gateway({ call: 'HEAD /nowhere', headers: { 'proxy-status': 'countersign; details="route.unknown"' } }),
  ],
])('%s is touched by a contract that has it', (name, pact) => {
  expect(gapsWith(pact).unexplained).not.toContain(name)
})

test.each<[string, ReturnType<typeof pactWith>]>([
  ['route GET /x/:id', gateway({ call: 'POST /x/one' }, { call: 'GET /x/one/more' })],
  ['operation faable users.get', gateway({ call: 'GET /faable/user/one', code: 'policy.refused' })],
  ['operation faable users.get', pactWith('faable-token', { call: 'GET /user/one' })],
  ['code route.unknown', pactWith('faable-api', { call: 'GET /user/one', code: 'route.unknown' })],
])('%s is not, by one that has something like it', (name, pact) => {
  expect(gapsWith(pact).unexplained).toContain(name)
})

test.each<[string, readonly ReturnType<typeof pactWith>[], readonly string[]]>([
  ['in none with its vendor', [gateway({ call: 'GET /faable/user/one' })], ['operation faable users.get']],
  [
    'in one with another vendor',
    [gateway({ call: 'GET /faable/user/one' }), pactWith('authaction-api', { call: 'GET /user/one' })],
    ['operation faable users.get'],
  ],
  [
    'in one with its vendor that refuses it',
    [gateway({ call: 'GET /faable/user/one' }), pactWith('faable-api', { call: 'GET /user/2', status: 404 })],
    ['operation faable users.get'],
  ],
  [
    'in one with its vendor',
    [gateway({ call: 'GET /faable/user/one' }), pactWith('faable-api', { call: 'GET /user/two' })],
    [],
  ],
  ['refused', [gateway({ call: 'GET /faable/user/one', code: 'policy.refused' })], []],
])('an operation that a contract with the gateway calls, and that is %s', (_is, pacts, names) => {
  const exceptions = [{ why: 'no reason does', names }]
  expect(findGaps([], touchedBy(pacts), exceptions).withoutVendor).toEqual(names)
})

test('nor may callers rely on an answer of which no contract with its vendor knows', () => {
  const own = gateway({ call: 'GET /faable/user', answered: { data: [], next: null } })
  const list = gateway({ call: 'GET /faable/user/one', answered: [] })
  const conflict = gateway({ call: 'GET /faable/user/one', status: 409, answered: { error: 'conflict' } })
  const vendor = pactWith(
    'faable-api',
    { call: 'GET /user', answered: { results: [], next: null } },
    { call: 'GET /user/one', answered: { id: 'one' } },
  )
  const { withoutVendor } = findGaps([], touchedBy([own, list, conflict, vendor]), [])
  expect(withoutVendor).toEqual([
    'answered data of operation faable users.list',
    'answered [] of operation faable users.get',
  ])
})

test('nor do callers send with it what no contract with its vendor knows', () => {
  const sent = { email: 'ada@contract.example', mail: 'ada@contract.example' }
  const own = gateway({ call: 'POST /faable/user', query: { q: ['x'], expand: ['x'] }, sent })
  const vendor = pactWith(
    'faable-api',
    { call: 'POST /user', query: { q: ['y'] } },
    { call: 'POST /user', sent: { email: 'lin@contract.example', name: 'Lin' } },
    { call: 'POST /user', status: 400, sent: { mail: 'lin@contract.example' } },
  )
  const { withoutVendor } = findGaps([], touchedBy([own, vendor]), [])
  expect(withoutVendor).toEqual([
    'expand of operation faable users.create',
    'mail of operation faable users.create',
  ])
})

test('the routes of the gateway are read from its sources, on every listener', () => {
  const routes = ownRoutes()
  expect(routes).toContainEqual({ method: undefined, path: '/oauth2/token' })
  expect(routes).toContainEqual({ method: 'GET', path: '/livez' })
  expect(routes).toContainEqual({ method: 'POST', path: '/access/v1/evaluations' })
  expect(routes).toContainEqual({ method: 'POST', path: '/hooks/:upstream' })
})

test('a route that is written in another way is not passed over', () => {
  const folder = mkdtempSync(join(tmpdir(), 'surface-'))
  writeFileSync(join(folder, 'routes.ts'), 'router.get(pathOf(name), answer)')
  expect(() => ownRoutes(folder)).toThrow('routes.ts: the path of the route pathOf(name) is no literal')
  rmSync(folder, { recursive: true })
})
