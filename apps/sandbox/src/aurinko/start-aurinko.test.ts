import { createHmac } from 'node:crypto'
import { request } from 'node:http'
import { rawAnswer, startRecorder } from '@countersign/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AurinkoOptions } from './aurinko-options.ts'
import { type Aurinko, startAurinko } from './start-aurinko.ts'

type Ask = { content?: unknown; headers?: Record<string, string> }

async function ask(method: string, url: string, { content, headers = {} }: Ask = {}) {
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(content !== undefined && { 'content-type': 'application/json' }), ...headers },
    body: content === undefined ? null : JSON.stringify(content),
  })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.startsWith('application/json')
  const location = answer.headers.get('location') ?? ''
  return {
    status: answer.status,
    headers: answer.headers,
    location,
    text,
    body: isJson ? JSON.parse(text) : {},
  }
}

const returnUrl = 'https://gateway.example/connect/aurinko/callback'
let aurinko: Aurinko
async function start(options: AurinkoOptions = {}): Promise<void> {
  await aurinko?.close()
  aurinko = await startAurinko({ returnUrls: [returnUrl], provider: 'grant', ...options })
}
const basic = (secret = aurinko.clientSecret) => ({
  authorization: `Basic ${btoa(`${aurinko.clientId}:${secret}`)}`,
})
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const call = (method: string, path: string, options?: Ask) => ask(method, aurinko.url + path, options)
const authorize = (change: Record<string, string> = {}) => {
  const query = { clientId: aurinko.clientId, serviceType: 'Office365', responseType: 'code', returnUrl }
  return `/v1/auth/authorizeDaemon?${new URLSearchParams({ ...query, state: 'mine', ...change })}`
}
/** Follows the administrator's browser until it is sent back to the application. */
async function walk(path: string): Promise<URL> {
  let location = aurinko.url + path
  for (let hops = 0; hops < 5; hops += 1) {
    const answer = await ask('GET', location)
    if (!answer.location) throw new Error(`${location} answered ${answer.status}: ${answer.text}`)
    location = answer.location
    if (!location.startsWith(aurinko.url)) return new URL(location)
  }
  throw new Error('the browser is sent round in circles')
}
const parametersOf = (url: URL) => Object.fromEntries(url.searchParams)

beforeEach(() => start())
afterEach(() => aurinko.close())

describe('a consent', () => {
  test('goes to the provider and back by 303, and its code is a token that works', async () => {
    const first = await call('GET', authorize({ scopes: 'Mail.Read Mail.Send' }))
    expect(first.status).toBe(303)
    const back = await walk(authorize({ scopes: 'Mail.Read Mail.Send' }))
    expect(`${back.origin}${back.pathname}`).toBe(returnUrl)
    const { code = '', ...rest } = parametersOf(back)
    expect(rest).toEqual({ status: 'success', state: 'mine' })
    const { status, body } = await call('POST', `/v1/auth/token/${code}`, { headers: basic() })
    expect([status, body]).toEqual([200, { accountId: expect.any(Number), accessToken: expect.any(String) }])
    const account = await call('GET', '/v1/account', { headers: bearer(body.accessToken) })
    expect(account.body).toMatchObject({
      id: body.accountId,
      type: 'daemon',
      daemon: true,
      tokenStatus: 'active',
      authScopes: ['Mail.Read', 'Mail.Send'],
    })
    expect(aurinko.requestCounts).toEqual({ token: 1, api: 1 })
  })

  test('takes scopes in one value and in several', async () => {
    const several = `${authorize()}&scopes=Mail.Read&scopes=Tasks.Read`
    for (const path of [several, authorize({ scopes: 'Mail.Read Tasks.Read' })]) {
      const { code } = parametersOf(await walk(path))
      await call('POST', `/v1/auth/token/${code}`, { headers: basic() })
    }
    expect(aurinko.serviceAccounts().map(({ authScopes }) => authScopes)).toEqual([
      ['Mail.Read', 'Tasks.Read'],
      ['Mail.Read', 'Tasks.Read'],
    ])
  })

  test.each(['https://gateway.example/connect/aurinko/callback/', 'https://evil.example/callback', ''])(
    'never returns to %j, which is not registered to the byte',
    async (wrong) => {
      const { status, body, location } = await call('GET', authorize({ returnUrl: wrong }))
      expect([status, body.code, location]).toEqual([400, 'returnurl.invalid', ''])
      expect(body.message).toBe("returnurl.invalid: returnUrl doesn't match the configured urls for the app.")
    },
  )

  test.each([
    ['another application', { clientId: 'somebody' }],
    ['a kind of account that is no service', { serviceType: 'IMAP' }],
    ['a scope that does not exist', { scopes: 'Calendars.Read' }],
    ['an implicit grant', { responseType: 'token' }],
  ])('is not begun for %s', async (_name, change) => {
    expect((await call('GET', authorize(change))).status).toBe(400)
  })

  test('that is denied comes back without a code', async () => {
    aurinko.setProvider('deny')
    expect(parametersOf(await walk(authorize()))).toEqual({
      status: 'error',
      error: 'access_denied',
      error_description: 'The administrator did not consent',
      state: 'mine',
    })
    expect(aurinko.serviceAccounts()).toEqual([])
  })

  test('waits for a person, who decides on a page', async () => {
    aurinko.setProvider('ask')
    const { location } = await call('GET', authorize({ scopes: 'Mail.Read' }))
    const page = await ask('GET', location)
    expect(page.text).toContain('Mail.Read')
    const state = /name="state" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    const form = new URLSearchParams({ state, decision: 'grant' })
    const answer = await fetch(`${aurinko.url}/sandbox/provider`, { method: 'POST', body: form }).catch(
      (error: Error) => error,
    )
    expect(answer).toBeInstanceOf(Error) // it was sent on to an application that does not exist
    expect(aurinko.serviceAccounts()).toHaveLength(1)
  })

  test('has a state of its own, which counts once', async () => {
    const { location } = await call('GET', authorize())
    const own = new URL(location).searchParams.get('state')
    expect(own).not.toBe('mine')
    const callback = `/v1/auth/callback?code=x&state=${own}`
    expect((await call('GET', callback)).status).toBe(303)
    expect((await call('GET', callback)).status).toBe(400)
    expect((await call('GET', '/v1/auth/callback?code=x&state=mine')).status).toBe(400)
  })

  test('goes by way of the page of the application, which has to forward every parameter', async () => {
    await start({ intermediateCallbackUrl: 'https://page.example/aurinko', provider: 'deny' })
    const page = await walk(authorize())
    expect(`${page.origin}${page.pathname}`).toBe('https://page.example/aurinko')
    const forwarded = await call('GET', `/v1/auth/callback${page.search}`)
    expect(new URL(forwarded.location).searchParams.get('error')).toBe('access_denied')
    const dropped = await walk(authorize())
    dropped.searchParams.delete('error')
    const answer = await call('GET', `/v1/auth/callback${dropped.search}`)
    expect(new URL(answer.location).searchParams.get('error')).toBe('invalid_request')
  })

  test('comes back under an alias, and under no other name', async () => {
    await start({ aliasHosts: ['aurinko.mydomain.example'] })
    const at = (host: string, path: string) =>
      new Promise<{ status: number; location: string }>((resolve, reject) => {
        request(aurinko.url + path, { headers: { host } }, (answer) => {
          answer.resume()
          resolve({ status: answer.statusCode ?? 0, location: answer.headers.location ?? '' })
        })
          .on('error', reject)
          .end()
      })
    const { location } = await at('aurinko.mydomain.example', authorize())
    const provider = await ask('GET', location)
    expect(provider.location).toMatch(/^http:\/\/aurinko\.mydomain\.example\/v1\/auth\/callback\?/)
    const { pathname, search } = new URL(provider.location)
    expect((await at('other.example', pathname + search)).status).toBe(404)
    expect(await at('aurinko.mydomain.example', pathname + search)).toMatchObject({
      status: 303,
      location: expect.stringContaining('status=success'),
    })
  })

  test('renews the account that it names, or that of the same organization', async () => {
    const consent = async (change: Record<string, string>) => {
      const { code } = parametersOf(await walk(authorize(change)))
      return (await call('POST', `/v1/auth/token/${code}`, { headers: basic() })).body
    }
    const first = await consent({ clientOrgId: 'org-1' })
    aurinko.setTokenStatus('dead')
    const again = await consent({ clientOrgId: 'org-1' })
    const named = await consent({ accountId: String(first.accountId) })
    expect([again.accountId, named.accountId]).toEqual([first.accountId, first.accountId])
    expect((await call('GET', '/v1/account', { headers: bearer(again.accessToken) })).status).toBe(200)
    expect((await consent({ clientOrgId: 'org-2' })).accountId).not.toBe(first.accountId)
  })
})

describe('a code', () => {
  const code = () => aurinko.seedCode({ accountId: aurinko.seedServiceAccount().accountId })
  const exchange = (value: string, headers = basic(), method = 'POST') =>
    call(method, `/v1/auth/token/${value}`, { headers })

  test('is exchanged once', async () => {
    const value = code()
    expect((await exchange(value)).status).toBe(200)
    expect(await exchange(value)).toMatchObject({ status: 400, body: { code: 'invalid.code' } })
  })

  test('is not exchanged late', async () => {
    let now = Date.now()
    await start({ clock: { now: () => now } })
    const value = code()
    now += 600_000
    expect((await exchange(value)).body.code).toBe('invalid.code')
  })

  test('is exchanged by the application only, and survives the attempt of another', async () => {
    const value = code()
    for (const headers of [basic('wrong'), bearer('x'), { authorization: 'Basic ' }]) {
      const { status, body } = await exchange(value, headers)
      expect([status, body.code]).toEqual([401, 'unauthorized'])
    }
    const { status, headers } = await call('POST', `/v1/auth/token/${value}`)
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Basic realm="aurinko"'])
    expect((await exchange(value)).status).toBe(200)
  })

  test('may be exchanged by the deprecated GET', async () => {
    expect((await exchange(code(), basic(), 'GET')).status).toBe(200)
  })

  test('is not exchanged while the endpoint is down', async () => {
    const value = code()
    aurinko.failTokenEndpoint('unavailable')
    expect((await exchange(value)).status).toBe(503)
    aurinko.failTokenEndpoint(undefined)
    expect((await exchange(value)).status).toBe(200)
  })
})

describe('the API refuses', () => {
  const account = (token: string) => call('GET', '/v1/account', { headers: bearer(token) })

  test('no token and an unknown one as unauthorized, a revoked one as token.dead', async () => {
    const { accessToken } = aurinko.seedServiceAccount()
    const failure = {
      code: 'unauthorized',
      message: 'unauthorized',
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    }
    expect((await call('GET', '/v1/account')).body).toEqual(failure)
    expect((await account('nobody')).body).toEqual(failure)
    expect((await call('DELETE', '/v1/account/token', { headers: bearer(accessToken) })).status).toBe(200)
    expect(await account(accessToken)).toMatchObject({
      status: 401,
      body: { code: 'token.dead', message: 'Not authorized' },
    })
  })

  test('a token that may heal, until it does', async () => {
    const { accessToken } = aurinko.seedServiceAccount()
    aurinko.setTokenStatus('invalid')
    expect((await account(accessToken)).body).toMatchObject({ code: 'token.refresh.failed' })
    aurinko.setTokenStatus('active')
    expect((await account(accessToken)).status).toBe(200)
  })

  test('the application without its secret, and a token in its place', async () => {
    const { accessToken } = aurinko.seedServiceAccount()
    expect((await call('GET', '/v1/am/svc_accounts', { headers: basic('wrong') })).status).toBe(401)
    expect((await call('GET', '/v1/am/svc_accounts', { headers: bearer(accessToken) })).status).toBe(401)
    expect((await call('GET', '/v1/account', { headers: basic() })).status).toBe(401)
    const acting = { ...basic(), 'x-aurinko-account-id': String(aurinko.personalAccountId) }
    expect((await call('GET', '/v1/account', { headers: acting })).body.id).toBe(aurinko.personalAccountId)
  })

  test('what nobody consented to', async () => {
    const { accessToken } = aurinko.seedServiceAccount({ scopes: ['Calendar.ReadWrite'] })
    const of = (path: string) => call('GET', path, { headers: bearer(accessToken) })
    expect((await of('/v1/calendars')).status).toBe(200)
    expect(await of('/v1/email/messages')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })

  test('what is not there with 404 and the code badRequest, the provider beneath', async () => {
    const { accessToken } = aurinko.seedServiceAccount()
    expect(await call('GET', '/v1/calendars/none', { headers: bearer(accessToken) })).toMatchObject({
      status: 404,
      body: {
        code: 'badRequest',
        message: 'Bad Request',
        originalError: {
          error: { code: 'ErrorInvalidIdMalformed', innerError: { date: expect.any(String) } },
        },
      },
    })
  })

  test('too many requests without saying when to come back', async () => {
    const { accessToken } = aurinko.seedServiceAccount()
    aurinko.limitRequests(0)
    const { status, headers } = await account(accessToken)
    expect([status, headers.get('retry-after')]).toEqual([429, null])
  })

  test('a change that was made on something older', async () => {
    const { accountId, accessToken } = aurinko.seedServiceAccount()
    const { etag } = aurinko.seedRecord({ accountId, kind: 'contact' }, { id: 'c1' })
    const patch = (headers: Record<string, string>) =>
      call('PATCH', '/v1/contacts/c1', {
        content: { notes: 'x' },
        headers: { ...bearer(accessToken), ...headers },
      })
    expect((await patch({})).status).toBe(400)
    expect((await patch({ 'if-match': etag })).status).toBe(200)
    expect((await patch({ 'if-match': etag })).status).toBe(412)
  })

  test('a sync token of another day', async () => {
    const { accessToken } = aurinko.seedServiceAccount()
    expect(
      await call('GET', '/v1/contacts/sync/updated?deltaToken=old', { headers: bearer(accessToken) }),
    ).toMatchObject({ status: 410, body: { code: 'syncToken.expired' } })
  })

  test('an account of the application twice over: it is the same one', async () => {
    const content = { active: true, serviceType: 'IMAP', email: 'a@example.com' }
    const save = () => call('POST', '/v1/am/accounts', { content, headers: basic() })
    expect((await save()).body).toEqual((await save()).body)
    const page = await call('GET', '/v1/am/accounts?limit=1', { headers: basic() })
    expect(page.body).toMatchObject({ offset: 0, totalSize: 2, done: false })
  })
})

describe('a subscription', () => {
  const subscribe = (notificationUrl: string, accessToken: string) =>
    call('POST', '/v1/subscriptions', {
      content: { resource: '/email/messages', notificationUrl },
      headers: bearer(accessToken),
    })

  test('is made with a receiver that answers the handshake, and told of what happens under a signature', async () => {
    await using receiver = await startRecorder()
    receiver.answerWith(({ target }) => {
      const token = new URL(target, receiver.url).searchParams.get('validationToken')
      return rawAnswer(200, token ?? '')
    })
    const { accountId, accessToken } = aurinko.seedServiceAccount()
    const made = await subscribe(`${receiver.url}/hooks/aurinko`, accessToken)
    expect(made).toMatchObject({ status: 200, body: { resource: '/email/messages', active: true } })
    const payloads = [{ id: 'm1', changeType: 'created' }]
    const sent = await aurinko.notify({ resource: '/email/messages', payloads })
    expect(sent).toEqual([{ subscription: made.body.id, status: 200 }])
    expect(await aurinko.notify({ resource: '/contacts' })).toEqual([])
    const [handshake, notification] = receiver.requests
    expect(handshake?.headers).toContainEqual(['content-type', 'text/plain; charset=utf-8'])
    const body = notification?.body.toString() ?? ''
    const fields = new Map(notification?.headers)
    expect(JSON.parse(body)).toEqual({
      subscription: made.body.id,
      accountId,
      resource: '/email/messages',
      payloads,
    })
    const timestamp = fields.get('x-aurinko-request-timestamp') ?? ''
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60)
    const digest = createHmac('sha256', aurinko.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')
    expect(fields.get('x-aurinko-signature')).toBe(digest)
  })

  test.each([
    ['says something else', rawAnswer(200, 'hello')],
    ['answers with another status', rawAnswer(202)],
  ])('is not made with a receiver that %s', async (_name, answer) => {
    await using receiver = await startRecorder()
    receiver.answerWith(answer)
    const { status, body } = await subscribe(receiver.url, aurinko.seedServiceAccount().accessToken)
    expect([status, body.code]).toEqual([400, 'notificationUrl.invalid'])
  })

  test('says since when its receiver fails', async () => {
    const { accountId, accessToken } = aurinko.seedServiceAccount()
    const notificationUrl = 'http://127.0.0.1:1/hooks'
    const id = aurinko.seedSubscription({ accountId, resource: '/contacts', notificationUrl })
    expect(await aurinko.notify({ resource: '/contacts' })).toEqual([{ subscription: id, status: undefined }])
    const { body } = await call('GET', `/v1/subscriptions/${id}`, { headers: bearer(accessToken) })
    expect(body).toMatchObject({ failDescription: 'The receiver cannot be reached' })
  })

  test('is nobody else’s', async () => {
    const { accountId } = aurinko.seedServiceAccount()
    const notificationUrl = 'http://127.0.0.1:1/hooks'
    const id = aurinko.seedSubscription({ accountId, resource: '/contacts', notificationUrl })
    const other = aurinko.seedServiceAccount({ clientOrgId: 'other' })
    expect(
      (await call('GET', `/v1/subscriptions/${id}`, { headers: bearer(other.accessToken) })).status,
    ).toBe(404)
  })
})

test('reset brings back the first day, and return addresses stay registered', async () => {
  const { accessToken } = aurinko.seedServiceAccount()
  aurinko.limitRequests(0)
  aurinko.failTokenEndpoint('empty')
  aurinko.reset()
  expect(aurinko.serviceAccounts()).toEqual([])
  expect((await call('GET', '/v1/account', { headers: bearer(accessToken) })).status).toBe(401)
  expect((await call('GET', authorize())).status).toBe(303)
  aurinko.registerReturnUrl('http://127.0.0.1:8443/callback')
  expect((await call('GET', authorize({ returnUrl: 'http://127.0.0.1:8443/callback' }))).status).toBe(303)
})
