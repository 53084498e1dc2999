import { aurinkoOperations, aurinkoSchemas, type DescribedOperation } from '@countersign/testkit'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formatsPlugin from 'ajv-formats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Aurinko, startAurinko } from './start-aurinko.ts'

const ajv = new Ajv2020({ allErrors: true, schemas: [{ $id: 'aurinko', $defs: aurinkoSchemas }] })
formatsPlugin.default(ajv)

/** What is wrong with an answer, by the schema of that name. */
function flaws(name: string, answer: unknown): unknown {
  const validate = ajv.getSchema(`aurinko#/$defs/${name}`)
  if (validate === undefined) throw new Error(`no schema ${name}`)
  return validate(answer) ? [] : validate.errors
}

let aurinko: Aurinko
let accessToken: string
let accountId: number
const returnUrl = 'https://gateway.example/callback'

beforeAll(async () => {
  aurinko = await startAurinko({ provider: 'grant', returnUrls: [returnUrl] })
})
afterAll(() => aurinko.close())

const start = { dateTime: '2026-03-02T10:00:00Z', timezone: 'UTC' }
const account = { active: true, serviceType: 'IMAP', email: 'a@example.com', clientOrgId: 'org-1' }
const query: Readonly<Record<string, string>> = {
  'GET /v1/account': 'pingProvider=true',
  'GET /v1/calendars/{calendarId}/events/range': 'timeMin=2026-03-01T00:00:00Z&timeMax=2026-04-01T00:00:00Z',
  'POST /v1/calendars/{calendarId}/events': 'returnRecord=true',
  'POST /v1/email/messages': 'returnIds=true',
  'GET /v1/contacts/sync/updated': 'deltaToken=delta-0',
  'GET /v1/contacts/sync/deleted': 'deltaToken=delta-0',
  'POST /v1/contacts': 'returnRecord=true',
  'POST /v1/tasklists/{taskListId}/tasks': 'returnRecord=true',
}
const contact = { name: { displayName: 'A' }, emailAddresses: [{ address: 'a@example.com', type: 'work' }] }
const content: Readonly<Record<string, unknown>> = {
  'POST /v1/am/svc_accounts/{accId}/accounts': account,
  'POST /v1/am/accounts': account,
  'POST /v1/am/accounts/connect': account,
  'POST /v1/calendars': { name: 'Team', color: '#fff' },
  'PATCH /v1/calendars/{id}': { name: 'Team 2' },
  'POST /v1/calendars/{calendarId}/events': { subject: 'Review', start, end: start },
  'PATCH /v1/calendars/{calendarId}/events/{eventId}': { subject: 'Retro' },
  'POST /v1/email/messages': { subject: 'Hi', body: 'Hello', to: [{ address: 'a@example.com' }] },
  'POST /v1/contacts': contact,
  'PATCH /v1/contacts/{contId}': { notes: 'x' },
  'POST /v1/tasklists': { title: 'Team' },
  'POST /v1/tasklists/{taskListId}/tasks': { title: 'One', status: 'inProgress' },
  'PATCH /v1/tasklists/{taskListId}/tasks/{id}': { status: 'completed' },
}

/** Fills in the path with things that are there, made afresh for each operation. */
function placed({ method, path }: DescribedOperation): string {
  const seed = (kind: 'calendar' | 'event' | 'message' | 'contact' | 'taskList' | 'task', container = '') =>
    aurinko.seedRecord({ accountId, kind, container }, recordOf(kind, container)).id
  const calendarId = seed('calendar')
  const taskListId = seed('taskList')
  const subscription = { accountId, resource: '/contacts', notificationUrl: 'https://receiver.example' }
  const ids: Readonly<Record<string, () => string>> = {
    code: () => aurinko.seedCode({ accountId }),
    accId: () => String(accountId),
    calendarId: () => calendarId,
    eventId: () => seed('event', calendarId),
    messageId: () => seed('message'),
    contId: () => seed('contact'),
    taskListId: () => taskListId,
    id: () => {
      if (path.startsWith('/v1/am/')) return String(aurinko.personalAccountId)
      if (path.startsWith('/v1/subscriptions/')) return String(aurinko.seedSubscription(subscription))
      return path.startsWith('/v1/calendars/') ? calendarId : seed('task', taskListId)
    },
  }
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name]?.() ?? `no ${name}`)
  const rest = query[`${method} ${path}`]
  return rest === undefined ? filled : `${filled}?${rest}`
}

function recordOf(kind: string, container: string): Readonly<Record<string, unknown>> {
  if (kind === 'event') return { calendarId: container, subject: 'Review', start, end: start }
  if (kind === 'calendar') return { name: 'Team' }
  if (kind === 'message') {
    return { threadId: 't', from: { address: 'a@example.com' }, to: [{ address: 'b@example.com' }] }
  }
  return kind === 'contact' ? contact : { title: 'One' }
}

async function ask(operation: DescribedOperation): Promise<Response> {
  const { method, path } = operation
  const isBasic = path.startsWith('/v1/am/') || path.startsWith('/v1/auth/token/')
  const basic = `Basic ${btoa(`${aurinko.clientId}:${aurinko.clientSecret}`)}`
  const body = content[`${method} ${path}`]
  return await fetch(aurinko.url + placed(operation), {
    method,
    redirect: 'manual',
    headers: {
      authorization: isBasic ? basic : `Bearer ${accessToken}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(method === 'PATCH' && { 'if-match': '*' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  })
}

/** Needs a query of its own, and a receiver; both have tests of their own. */
const elsewhere = new Set(['GET /v1/auth/authorizeDaemon', 'POST /v1/subscriptions'])

test.each(
  aurinkoOperations
    .filter(({ method, path }) => !elsewhere.has(`${method} ${path}`))
    .map((operation) => [`${operation.method} ${operation.path}`, operation] as const),
)('%s is answered as described', async (_name, operation) => {
  aurinko.reset()
  ;({ accountId, accessToken } = aurinko.seedServiceAccount())
  const answer = await ask(operation)
  const text = await answer.text()
  expect([answer.status, answer.ok ? '' : text]).toEqual([operation.status, ''])
  if (operation.answer === undefined) expect(text).toBe('')
  else expect(flaws(operation.answer, JSON.parse(text))).toEqual([])
})

test('a failure is described as well, and the description can tell a wrong answer', async () => {
  const answer = await fetch(`${aurinko.url}/v1/account`)
  expect(flaws('Failure', await answer.json())).toEqual([])
  expect(flaws('Account', { id: '1' })).not.toEqual([])
  expect(flaws('Ok', { status: 'OK' })).not.toEqual([])
  expect(flaws('SyncStatus', { ready: true, extra: 1 })).not.toEqual([])
})
