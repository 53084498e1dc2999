import { describe, expect, expectTypeOf, test } from 'vitest'
import { json, problem, type Seen, startScriptedGateway } from '../test/scripted-gateway.ts'
import { aurinko } from './aurinko.ts'
import type { Aurinko } from './aurinko-api.ts'
import type { AurinkoAccount, AurinkoCalendar } from './aurinko-records.ts'
import type { CallOptions } from './call.ts'
import { createClient } from './create-client.ts'
import { staticIdentity } from './identity/static-identity.ts'

const one = { id: 'x1', etag: 'e1' }
const page = { length: 1, records: [one], nextPageToken: '2' }
const account = { id: 7, type: 'daemon' }
const accounts = { offset: 0, totalSize: 1, done: true, records: [account] }
const saved = { accountId: 8 }
const sent = { status: 'Ok', id: 'm1' }
const sync = { ready: true, syncUpdatedToken: 'u', syncDeletedToken: 'd' }
const fields = { active: true, serviceType: 'IMAP', email: 'a@b.c' }
const fieldsText = '{"active":true,"serviceType":"IMAP","email":"a@b.c"}'
const event = { calendarId: 'c1', eventId: 'e1' }
const task = { taskListId: 'l1', taskId: 't1' }
const change = { change: { notes: 'n' }, etag: '"e1"' }
const range = { timeMin: '2026-03-01T00:00:00Z', timeMax: '2026-04-01T00:00:00Z' }

const calls: [string, (at: Aurinko, options?: CallOptions) => Promise<unknown>, unknown][] = [
  ['GET /v1/account ', (at, o) => at.account.get(o), account],
  ['DELETE /v1/account ', (at, o) => at.account.remove(o), undefined],
  ['DELETE /v1/account/token ', (at, o) => at.account.revokeToken(o), undefined],
  [
    'GET /v1/am/svc_accounts?limit=2&offset=4 ',
    (at, o) => at.serviceAccounts.list({ limit: 2, offset: 4 }, o),
    accounts,
  ],
  [
    `POST /v1/am/svc_accounts/7/accounts ${fieldsText}`,
    (at, o) => at.managedAccounts.save(7, fields, o),
    saved,
  ],
  ['GET /v1/am/accounts ', (at, o) => at.personalAccounts.list({}, o), accounts],
  ['GET /v1/am/accounts/7 ', (at, o) => at.personalAccounts.get(7, o), account],
  [`POST /v1/am/accounts ${fieldsText}`, (at, o) => at.personalAccounts.save(fields, o), saved],
  [`POST /v1/am/accounts/connect ${fieldsText}`, (at, o) => at.personalAccounts.check(fields, o), undefined],
  ['DELETE /v1/am/accounts/7 ', (at, o) => at.personalAccounts.remove(7, o), undefined],

  ['GET /v1/subscriptions ', (at, o) => at.subscriptions.list(undefined, o), accounts],
  ['GET /v1/subscriptions/7 ', (at, o) => at.subscriptions.get(7, o), account],
  [
    'POST /v1/subscriptions {"resource":"/contacts","notificationUrl":"https://x"}',
    (at, o) => at.subscriptions.create({ resource: '/contacts', notificationUrl: 'https://x' }, o),
    account,
  ],
  ['DELETE /v1/subscriptions/7 ', (at, o) => at.subscriptions.remove(7, o), undefined],

  ['GET /v1/calendars?pageToken=2 ', (at, o) => at.calendars.list({ pageToken: '2' }, o), page],
  ['GET /v1/calendars/c1 ', (at, o) => at.calendars.get('c1', o), one],
  ['POST /v1/calendars {"name":"n"}', (at, o) => at.calendars.create({ name: 'n' }, o), one],
  ['PATCH /v1/calendars/c1 {"name":"n"}', (at, o) => at.calendars.update('c1', { name: 'n' }, o), one],
  [
    'GET /v1/calendars/c1/events/range?timeMin=2026-03-01T00%3A00%3A00Z&timeMax=2026-04-01T00%3A00%3A00Z ',
    (at, o) => at.events.list('c1', range, o),
    page,
  ],
  ['GET /v1/calendars/c1/events/e1 ', (at, o) => at.events.get(event, o), one],
  [
    'POST /v1/calendars/c1/events {"subject":"s"}',
    (at, o) => at.events.create('c1', { subject: 's' }, o),
    one,
  ],
  ['PATCH /v1/calendars/c1/events/e1 {"notes":"n"}', (at, o) => at.events.update(event, change, o), one],
  ['DELETE /v1/calendars/c1/events/e1 ', (at, o) => at.events.remove(event, o), undefined],

  ['GET /v1/email/folders ', (at, o) => at.folders.list(o), page],
  ['GET /v1/email/messages?q=hi ', (at, o) => at.messages.list({ q: 'hi' }, o), page],
  ['GET /v1/email/messages/m1 ', (at, o) => at.messages.get('m1', o), one],
  [
    'POST /v1/email/messages?returnIds=true {"to":[{"address":"a@b.c"}]}',
    (at, o) => at.messages.send({ to: [{ address: 'a@b.c' }] }, o),
    sent,
  ],
  ['DELETE /v1/email/messages/m1 ', (at, o) => at.messages.remove('m1', o), undefined],

  ['POST /v1/contacts/sync ', (at, o) => at.contacts.startSync(o), sync],
  [
    'GET /v1/contacts/sync/updated?deltaToken=u ',
    (at, o) => at.contacts.listUpdated({ deltaToken: 'u' }, o),
    page,
  ],
  [
    'GET /v1/contacts/sync/deleted?pageToken=2 ',
    (at, o) => at.contacts.listDeleted({ pageToken: '2' }, o),
    page,
  ],
  ['GET /v1/contacts/k1 ', (at, o) => at.contacts.get('k1', o), one],
  ['POST /v1/contacts {"notes":"n"}', (at, o) => at.contacts.create({ notes: 'n' }, o), one],
  ['PATCH /v1/contacts/k1 {"notes":"n"}', (at, o) => at.contacts.update('k1', change, o), one],
  ['DELETE /v1/contacts/k1 ', (at, o) => at.contacts.remove('k1', o), undefined],

  ['GET /v1/tasklists ', (at, o) => at.taskLists.list({}, o), page],
  ['GET /v1/tasklists/l1 ', (at, o) => at.taskLists.get('l1', o), one],
  ['POST /v1/tasklists {"title":"t"}', (at, o) => at.taskLists.create({ title: 't' }, o), one],
  ['DELETE /v1/tasklists/l1 ', (at, o) => at.taskLists.remove('l1', o), undefined],
  ['GET /v1/tasklists/l1/tasks ', (at, o) => at.tasks.list('l1', {}, o), page],
  ['GET /v1/tasklists/l1/tasks/t1 ', (at, o) => at.tasks.get(task, o), one],
  ['POST /v1/tasklists/l1/tasks {"title":"t"}', (at, o) => at.tasks.create('l1', { title: 't' }, o), one],
  ['PATCH /v1/tasklists/l1/tasks/t1 {"notes":"n"}', (at, o) => at.tasks.update(task, change, o), one],
  ['DELETE /v1/tasklists/l1/tasks/t1 ', (at, o) => at.tasks.remove(task, o), undefined],
]

describe('each call is the documented request', () => {
  test.each(calls)('%s', async (expected, ask, answer) => {
    await using gateway = await startScriptedGateway(
      answer === undefined ? (res) => void res.writeHead(200).end() : json(200, answer),
    )
    expect(await ask(aurinkoAt(gateway.url))).toEqual(answer)
    expect(gateway.seen.map(lineOf)).toEqual([expected.replace(' /', ' /aurinko/')])
  })
})

test.each(calls)('can be cancelled: %s', async (_expected, ask) => {
  const controller = new AbortController()
  const reason = new Error('enough')
  await using gateway = await startScriptedGateway(() => controller.abort(reason))
  await expect(ask(aurinkoAt(gateway.url), controller)).rejects.toBe(reason)
})

test('a change says what it was made on', async () => {
  await using gateway = await startScriptedGateway(json(200, one))
  const at = aurinkoAt(gateway.url)
  await at.events.update(event, change)
  await at.contacts.update('k1', change)
  await at.tasks.update(task, change)
  await at.tasks.update(task, { change: {} })
  expect(gateway.seen.map(({ headers }) => headers['if-match'])).toEqual(['"e1"', '"e1"', '"e1"', undefined])
})

test('an id is one segment of the path', async () => {
  await using gateway = await startScriptedGateway(json(200, one))
  const at = aurinkoAt(gateway.url)
  await at.calendars.get('AAMk=/+')
  expect(gateway.seen[0]?.url).toBe('/aurinko/v1/calendars/AAMk%3D%2F%2B')
  await expect(at.events.get({ calendarId: 'c', eventId: '..' })).rejects.toThrow(TypeError)
  expect(gateway.seen).toHaveLength(1)
})

describe('errors', () => {
  test('a missing consent is told with its code, for the operator', async () => {
    await using gateway = await startScriptedGateway(problem(502, 'mint.refused'))
    await expect(aurinkoAt(gateway.url).calendars.list()).rejects.toMatchObject({
      name: 'GatewayError',
      code: 'mint.refused',
      owner: 'operator',
    })
  })

  test("the upstream's code is kept, whatever the status", async () => {
    const body = {
      code: 'badRequest',
      message: 'Bad Request',
      requestId: '3cd38fee-714b-4fe2-8e41-0f358246526a',
    }
    await using gateway = await startScriptedGateway(json(404, body))
    await expect(aurinkoAt(gateway.url).calendars.get('c')).rejects.toMatchObject({ status: 404, body })
  })

  test.each([[{ records: [{ id: 7 }] }], [{ data: [one] }], [[one]], [null]])(
    '%j is no page of calendars',
    async (answer) => {
      await using gateway = await startScriptedGateway(json(200, answer))
      await expect(aurinkoAt(gateway.url).calendars.list()).rejects.toThrow('not what this call answers')
    },
  )

  test.each([[{ id: '7' }], [{ accountId: 7 }], [{ id: 7.5 }]])('%j is no account', async (answer) => {
    await using gateway = await startScriptedGateway(json(200, answer))
    await expect(aurinkoAt(gateway.url).account.get()).rejects.toThrow('not what this call answers')
  })
})

test('types', () => {
  expectTypeOf<Aurinko['account']['get']>().returns.resolves.toEqualTypeOf<AurinkoAccount>()
  expectTypeOf<Aurinko['calendars']['list']>()
    .returns.resolves.toHaveProperty('records')
    .items.toEqualTypeOf<AurinkoCalendar>()
  // @ts-expect-error an account's id is a number
  const wrong: Parameters<Aurinko['personalAccounts']['get']>[0] = '7'
  expect(wrong).toBe('7')
})

function aurinkoAt(gateway: string): Aurinko {
  return aurinko(createClient({ gateway, identity: staticIdentity('t') }))
}

function lineOf({ method, url, body }: Seen): string {
  return `${method} ${url} ${body}`
}
