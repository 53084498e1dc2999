// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import { randomBytes } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  fieldValues,
  type Recorder,
  rawAnswer,
  startRecorder,
  startTestIssuer,
  type TestIssuer,
} from '@countersign/testkit'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { countersign, type GatewayProcess, startGateway } from '../support/gateway-process.ts'

let folder: string
let issuer: TestIssuer
let upstream: Recorder
let running: GatewayProcess
let outside: string
/** What the upstream does; a test changes it. */
let exchange: (code: string) => string
let api: (token: string | undefined) => string | Buffer
let operator: string

const json = (status: number, body: object) => {
  const text = JSON.stringify(body)
  return `HTTP/1.1 ${status} X\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`
}
const vendorToken = 'vendor-token-7f21c0'

function configure(
  store: object = { file: './store.json', keys: { one: '${file:./one.key}' }, active: 'one' },
  url = upstream.url,
  required = false,
) {
  const identity = (subject: string) => ({ issuer: 'staff', subject })
  const config = {
    gateway: {
      audience: issuer.audience,
      listen: '127.0.0.1:0',
      public: { listen: outside.replace('http://', ''), url: outside },
      operators: [identity('platform')],
      store,
      audit: { file: './audit.jsonl', required },
    },
    issuers: { staff: { kind: 'jwt', issuer: issuer.issuer, jwks: issuer.jwksUri } },
    upstreams: {
      aurinko: {
        preset: 'aurinko',
        url,
        credential: { client_id: 'client-1', client_secret: '${file:./client.secret}' },
      },
    },
    services: {
      calendar: {
        identities: [identity('calendar')],
        allow: [
          { upstream: 'aurinko', operations: ['account.get', 'calendars.list', 'service-accounts.list'] },
        ],
      },
    },
  }
  writeFileSync(join(folder, 'countersign.yaml'), JSON.stringify(config))
}

/** A gateway is started anew only after a case that left something behind: an account, another key, a failure. */
let isUsed = true

beforeEach(async () => {
  if (isUsed) await setUp()
  isUsed = false
  upstream.forget()
  exchange = () => json(200, { accountId: 123456, accessToken: vendorToken })
  api = (token) => (token === `Bearer ${vendorToken}` ? rawAnswer(200, 'fine') : rawAnswer(401, '{}'))
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') isUsed = true
  if (isUsed) await tearDown()
})
afterAll(async () => {
  if (!isUsed) await tearDown()
})

async function setUp(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  issuer = await startTestIssuer()
  upstream = await startRecorder()
  outside = `http://127.0.0.1:${await freePort()}`
  operator = await issuer.sign({ sub: 'platform' })
  writeFileSync(join(folder, 'one.key'), `${randomBytes(32).toString('base64')}\n`)
  writeFileSync(join(folder, 'two.key'), `${randomBytes(32).toString('base64')}\n`)
  writeFileSync(join(folder, 'client.secret'), 'client-secret-1')
  upstream.answerWith(({ target, headers }) => {
    const [, code] = /^\/v1\/auth\/token\/([^?]+)$/.exec(target) ?? []
    return code === undefined ? api(fieldValues(headers, 'authorization')[0]) : exchange(code)
  })
  configure()
  running = await startGateway(folder)
}

async function tearDown(): Promise<void> {
  await running.gateway.close()
  await Promise.all([issuer.close(), upstream.close()])
  rmSync(folder, { recursive: true, force: true })
}

const admin = (path: string, token?: string) =>
  fetch(running.admin + path, {
    redirect: 'manual',
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  })
const begin = async () =>
  (await admin('/connect/aurinko', operator)).json() as Promise<{ start: string; consent: string }>
const progress = async (id: string) =>
  (await admin(`/connect/aurinko?consent=${id}`, operator)).json() as Promise<{ state: string; says: string }>
async function call(path = '/v1/account'): Promise<Response> {
  const token = await issuer.sign({ sub: 'calendar' })
  return fetch(`http://127.0.0.1:${running.port}/aurinko${path}`, {
    headers: { authorization: `Bearer ${token}` },
  })
}

/** A browser that opens the start link and is sent to the upstream. */
async function open(start: string): Promise<{ cookie: string; asked: URL }> {
  const response = await fetch(start, { redirect: 'manual' })
  expect(response.status).toBe(303)
  const [cookie = ''] = (response.headers.get('set-cookie') ?? '').split(';')
  return { cookie, asked: new URL(response.headers.get('location') ?? '') }
}
const comeBack = (query: string, cookie: string) => {
  if (query.includes('status=success')) isUsed = true
  return fetch(`${outside}/connect/aurinko/callback?${query}`, { redirect: 'manual', headers: { cookie } })
}

async function consent(): Promise<{ id: string; response: Response }> {
  isUsed = true
  const { start, consent: id } = await begin()
  const { cookie, asked } = await open(start)
  const response = await comeBack(
    `code=c%2Fde&state=${asked.searchParams.get('state')}&status=success`,
    cookie,
  )
  return { id, response }
}

describe('an operator begins a consent', () => {
  it.each([
    ['nobody', undefined, 401],
    ['a service', 'calendar', 403],
  ])('and %s else', async (_who, subject, status) => {
    const token = subject === undefined ? undefined : await issuer.sign({ sub: subject })
    expect((await admin('/connect/aurinko', token)).status).toBe(status)
    expect((await admin('/connect/aurinko?consent=x', token)).status).toBe(status)
  })

  it('for an upstream that wants one', async () => {
    expect((await admin('/connect/nobody', operator)).status).toBe(404)
    const response = await admin('/connect/aurinko', operator)
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toMatch(`${outside}/connect/aurinko/start?ticket=`)
  })

  it('and the browser is sent to be asked for what the allowed operations need, and no more', async () => {
    const { asked } = await open((await begin()).start)
    expect(asked.origin + asked.pathname).toBe(`${upstream.url}/v1/auth/authorizeDaemon`)
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      responseType: 'code',
      serviceType: 'Office365',
      clientId: 'client-1',
      returnUrl: `${outside}/connect/aurinko/callback`,
      state: expect.stringMatching(/^[\w-]{43}$/),
      scopes: 'Calendar.Read',
    })
  })

  it('with a cookie that only this host and no script can read', async () => {
    const response = await fetch((await begin()).start, { redirect: 'manual' })
    const cookie = response.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^__Host-/)
    expect(cookie).toMatch(/; Path=\//)
    expect(cookie).toMatch(/; HttpOnly/)
    expect(cookie).toMatch(/; Secure/)
    expect(cookie).toMatch(/; SameSite=Lax/)
    expect(cookie).not.toMatch(/Domain/)
  })
})

describe('before and after', () => {
  it('calls say what is needed, and work once consent was given', async () => {
    const before = await call()
    expect(before.status).toBe(502)
    expect(await before.json()).toMatchObject({
      code: 'mint.refused',
      owner: 'operator',
      detail: expect.stringContaining('countersign connect aurinko'),
    })
    const ready = async () => (await (await admin('/readyz')).json()) as { upstreams: Record<string, string> }
    expect((await ready()).upstreams.aurinko).toMatch(/^needs consent: \/connect\/aurinko/)

    const { id, response } = await consent()
    expect([response.status, await response.text()]).toEqual([
      200,
      expect.stringContaining('aurinko is connected'),
    ])
    expect(await progress(id)).toMatchObject({ state: 'done' })
    expect((await call()).status).toBe(200)
    expect((await ready()).upstreams.aurinko).toBe('ok')

    const [asked] = upstream.requests
    expect(asked).toMatchObject({ method: 'POST', target: '/v1/auth/token/c%2Fde' })
    const basic = Buffer.from('client-1:client-secret-1').toString('base64')
    expect(fieldValues(asked?.headers ?? [], 'authorization')).toEqual([`Basic ${basic}`])
    expect(asked?.body.length).toBe(0)
  })

  it('the application’s own operations need no consent', async () => {
    api = (token) => (token?.startsWith('Basic ') ? rawAnswer(200, 'fine') : rawAnswer(401, ''))
    expect((await call('/v1/am/svc_accounts')).status).toBe(200)
  })
})

describe('an answer is taken from one browser, once', () => {
  const good = (asked: URL) => `code=c&state=${asked.searchParams.get('state')}&status=success`

  it('a start link opens once', async () => {
    const { start } = await begin()
    await open(start)
    expect((await fetch(start, { redirect: 'manual' })).status).toBe(400)
  })

  it('a look at the start link with HEAD begins nothing and uses nothing up', async () => {
    const { start } = await begin()
    const looked = await fetch(start, { method: 'HEAD', redirect: 'manual' })
    expect([looked.status, looked.headers.get('allow'), looked.headers.get('set-cookie')]).toEqual([
      405,
      'GET',
      null,
    ])
    await open(start)
    const headers = { authorization: `Bearer ${operator}` }
    const asked = await fetch(`${running.admin}/connect/aurinko`, { method: 'HEAD', headers })
    expect(asked.status).toBe(405)
  })

  it('another browser gets nothing, and takes nothing away', async () => {
    const { start } = await begin()
    const { cookie, asked } = await open(start)
    const other = await open((await begin()).start)
    for (const wrong of ['', '__Host-countersign-connect=x', other.cookie]) {
      expect((await comeBack(good(asked), wrong)).status).toBe(400)
    }
    expect(upstream.requests).toEqual([])
    expect((await comeBack(good(asked), cookie)).status).toBe(200)
    expect((await comeBack(good(asked), cookie)).status).toBe(400)
  })

  it.each(['', 'code=c&status=success', 'code=c&state=forged&status=success'])(
    'not without its state: %s',
    async (query) => {
      const { cookie } = await open((await begin()).start)
      expect((await comeBack(query, cookie)).status).toBe(400)
      expect(upstream.requests).toEqual([])
    },
  )

  it.each([
    'status=error&error=access_denied&error_description=No+thanks',
    'status=success',
    'status=success&code=',
    'code=c',
    'code=c&status=Success',
    'code=c&code=d&status=success',
    'code=c&status=success&status=error',
  ])('and what is no success is told in words: %s', async (query) => {
    const { start, consent: id } = await begin()
    const { cookie, asked } = await open(start)
    const response = await comeBack(`${query}&state=${asked.searchParams.get('state')}`, cookie)
    expect(response.status).toBe(400)
    const text = await response.text()
    expect(text).toContain('consent was not given')
    if (query.includes('denied')) expect(text).toContain('error: access_denied, error_description: No thanks')
    expect(await progress(id)).toMatchObject({ state: 'failed' })
    expect(upstream.requests).toEqual([])
    expect((await call()).status).toBe(502)
  })

  it.each(['start', 'callback'])('%s?a&a&a…, seven thousand times, is answered at once', async (page) => {
    const cpuSeconds = async () =>
      Number(/^process_cpu_seconds_total (\S+)/m.exec(await (await admin('/metrics')).text())?.[1])
    const before = await cpuSeconds()
    for (let times = 0; times < 10; times += 1) {
      const answer = await fetch(`${outside}/connect/aurinko/${page}?${'a&'.repeat(7000)}`)
      expect(answer.status).toBe(400)
    }
    expect((await cpuSeconds()) - before).toBeLessThan(3)
  })

  it('markup in an answer stays text', async () => {
    const { cookie, asked } = await open((await begin()).start)
    const query = `status=<script>&error=%0d%0aSet-Cookie:x&state=${asked.searchParams.get('state')}`
    const response = await comeBack(query, cookie)
    expect(response.headers.get('content-type')).toMatch('text/plain')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await response.text()).not.toContain('Set-Cookie')
  })

  it.each([
    ['a code that is used up', () => json(400, { code: 'invalid.code' }), 'invalid.code'],
    ['an answer without a token', () => json(200, { accountId: 1 }), 'cannot be used'],
    ['no answer', () => rawAnswer(500, ''), 'does not answer'],
  ])('%s', async (_what, answer, words) => {
    exchange = answer
    const { id, response } = await consent()
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining(words)])
    expect((await progress(id)).says).toContain(words)
  })
})

describe('the intermediate page', () => {
  it.each([
    '?code=a%2Fb&state=theirs%20+x&scope=Mail.Read&scope=x',
    '?error=access_denied&error_description=a;b&state=theirs',
    '',
  ])('forwards everything as it came: %s', async (query) => {
    const response = await fetch(`${outside}/connect/aurinko/forward${query}`, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      `${upstream.url}/v1/auth/callback${query}`,
    ])
  })
})

it('nothing else is there for the internet', async () => {
  for (const path of [
    '/',
    '/livez',
    '/metrics',
    '/readyz',
    '/aurinko/v1/account',
    '/connect/aurinko',
    '/connect/x/start',
    '/Connect/aurinko/start',
    '/connect/aurinko/start/',
    '/oauth2/token',
  ]) {
    expect(
      (await fetch(outside + path, { redirect: 'manual', headers: { authorization: `Bearer ${operator}` } }))
        .status,
    ).toBe(404)
  }
})

it('no code, ticket, state, cookie, token or secret is in the record, the log or the metrics', async () => {
  const { start } = await begin()
  const { cookie, asked } = await open(start)
  const state = asked.searchParams.get('state') ?? ''
  await comeBack(`code=the-code-1&state=${state}&status=success`, cookie)
  await call()
  await call('/v1/am/svc_accounts')
  const written =
    readFileSync(join(folder, 'audit.jsonl'), 'utf8') +
    running.gateway.stdout() +
    running.gateway.stderr() +
    (await (await admin('/metrics')).text())
  const ticket = new URL(start).searchParams.get('ticket') ?? ''
  for (const secret of [
    'the-code-1',
    ticket,
    state,
    cookie.split('=')[1] ?? '',
    vendorToken,
    'client-secret-1',
    operator,
  ]) {
    expect(secret).not.toBe('')
    expect(written).not.toContain(secret)
  }
  expect(written).toContain('"step":"done"')
})

describe('what was consented', () => {
  const restart = async () => {
    await running.gateway.stop('SIGKILL')
    running = await startGateway(folder)
  }
  const storeText = () => readFileSync(join(folder, 'store.json'), 'utf8')

  it('survives kill -9, in a file that nobody can read', async () => {
    await consent()
    await restart()
    expect((await call()).status).toBe(200)
    expect(storeText()).not.toContain(vendorToken)
    expect(Buffer.from(storeText(), 'base64').toString('latin1')).not.toContain(vendorToken)
    expect(statSync(join(folder, 'store.json')).mode & 0o777).toBe(0o600)
  })

  it('is renewed for the same account', async () => {
    await consent()
    await restart()
    const { asked } = await open((await begin()).start)
    expect(asked.searchParams.get('accountId')).toBe('123456')
  })

  it('does not open with another key, and then nothing starts', async () => {
    await consent()
    await running.gateway.close()
    writeFileSync(join(folder, 'one.key'), randomBytes(32).toString('base64'))
    await using process = await countersign(['serve', folder, '--admin', '127.0.0.1:0'])
    expect(await process.exited).toBe(1)
    expect(process.stderr()).toMatch(
      /the store .*store.json: the entry of aurinko does not open with the key "one"/,
    )

    configure({ file: './store.json', keys: { two: '${file:./two.key}' }, active: 'two' })
    await using unknown = await countersign(['serve', folder, '--admin', '127.0.0.1:0'])
    expect(await unknown.exited).toBe(1)
    expect(unknown.stderr()).toMatch(/was written with the key "one", and gateway.store.keys has only: two/)
  })

  it('moves to a new key by its id, while running', async () => {
    await consent()
    expect(storeText()).toContain(
      Buffer.from('{"alg":"dir","enc":"A256GCM","kid":"one"').toString('base64url').slice(0, 40),
    )
    const before = storeText()
    configure({
      file: './store.json',
      keys: { one: '${file:./one.key}', two: '${file:./two.key}' },
      active: 'two',
    })
    await vi.waitFor(() => expect(storeText()).not.toBe(before))
    expect((await call()).status).toBe(200)
    configure({ file: './store.json', keys: { two: '${file:./two.key}' }, active: 'two' })
    await restart()
    expect((await call()).status).toBe(200)
    expect(readdirSync(folder)).not.toContain('store.json.next')
  })

  it('is dead when the upstream says so, over a restart, until somebody consents again', async () => {
    await consent()
    api = () => json(401, { code: 'token.refresh.failed', message: 'Not now' })
    expect(await (await call()).json()).toMatchObject({
      code: 'mint.rejected-by-upstream',
      owner: 'upstream',
    })
    api = () => json(401, { code: 'token.dead', message: 'Not authorized' })
    expect(await (await call()).json()).toMatchObject({ code: 'mint.refused', owner: 'operator' })
    await vi.waitFor(async () => {
      const { upstreams } = (await (await admin('/readyz')).json()) as { upstreams: Record<string, string> }
      expect(upstreams.aurinko).toMatch(/needs consent/)
    }, 60_000)
    const requests = upstream.requests.length
    await call()
    expect(upstream.requests).toHaveLength(requests)
    await restart()
    expect((await call()).status).toBe(502)

    api = () => rawAnswer(200, 'fine')
    await consent()
    expect((await call()).status).toBe(200)
  })
})

describe('a store that cannot be written', () => {
  // What is in the place of the new file: nobody can write there, whoever runs the tests.
  const block = () => mkdirSync(join(folder, 'store.json.next', 'x'), { recursive: true })
  const unblock = () => rmSync(join(folder, 'store.json.next'), { recursive: true })

  it('is said before anybody is asked, and before the code is used', async () => {
    isUsed = true
    const { start, consent: id } = await begin()
    const { cookie, asked } = await open(start)
    block()
    const refused = await admin('/connect/aurinko', operator)
    expect([refused.status, await refused.json()]).toEqual([
      502,
      expect.objectContaining({
        code: 'mint.refused',
        detail: expect.stringMatching(/the store .*store.json cannot be written: .*Nobody was asked/),
      }),
    ])
    const response = await comeBack(`code=c&state=${asked.searchParams.get('state')}&status=success`, cookie)
    const page = await response.text()
    expect(page).toContain('cannot keep what was consented to')
    expect(page).not.toContain(folder)
    expect(await progress(id)).toMatchObject({
      state: 'failed',
      says: expect.stringMatching(/store.json cannot be written: .*The code was not used.*connect aurinko/),
    })
    expect(upstream.requests).toEqual([])

    unblock()
    await consent()
    expect((await call()).status).toBe(200)
  })

  it('only when the code has been used is said as well, with what to do', async () => {
    exchange = () => {
      block()
      return json(200, { accountId: 123456, accessToken: vendorToken })
    }
    const { id, response } = await consent()
    expect(response.status).toBe(503)
    expect((await progress(id)).says).toMatch(
      /store.json cannot be written: .*The token was lost.*begin again with: countersign connect aurinko/,
    )
    unblock()
  })
})

it('a record that cannot be written: the code is not used, and whoever waits is told', async () => {
  isUsed = true
  configure({ file: './store.json', keys: { one: '${file:./one.key}' }, active: 'one' }, upstream.url, true)
  await running.gateway.stop()
  running = await startGateway(folder)
  const { start, consent: id } = await begin()
  const { cookie, asked } = await open(start)
  rmSync(join(folder, 'audit.jsonl'))
  symlinkSync('/nowhere/audit.jsonl', join(folder, 'audit.jsonl'))
  const response = await comeBack(`code=c&state=${asked.searchParams.get('state')}&status=success`, cookie)
  expect([response.status, await response.json()]).toEqual([
    503,
    expect.objectContaining({ code: 'audit.unavailable' }),
  ])
  expect(await progress(id)).toMatchObject({
    state: 'failed',
    says: expect.stringMatching(/cannot be recorded.*connect aurinko/),
  })
  expect(upstream.requests).toEqual([])
})

describe('an upstream that moves to another host', () => {
  const store = { file: './store.json', keys: { one: '${file:./one.key}' }, active: 'one' }
  const move = async (url: string) => {
    configure(store, url)
    await running.gateway.line(/a changed configuration is in force/)
  }
  const upstreams = async () => {
    const { upstreams } = (await (await admin('/readyz')).json()) as { upstreams: Record<string, string> }
    return upstreams
  }

  it('is not sent what was consented to at the one before, nor its account; over a restart as well', async () => {
    await consent()
    await using other = await startRecorder()
    await move(other.url)
    const moved = await call()
    expect(await moved.json()).toMatchObject({
      code: 'mint.refused',
      owner: 'operator',
      detail: expect.stringMatching(
        /was given at another address than it has now; .*countersign connect aurinko/,
      ),
    })
    expect((await upstreams()).aurinko).toMatch(
      `needs consent: /connect/aurinko, or countersign connect aurinko; the one there is was given at ${upstream.url}`,
    )
    expect(running.gateway.stderr()).toMatch(/"msg":"the consent was given at another address/)
    await running.gateway.stop('SIGKILL')
    running = await startGateway(folder)
    expect((await call()).status).toBe(502)
    const { asked } = await open((await begin()).start)
    expect(asked.href).toMatch(`${other.url}/v1/auth/authorizeDaemon`)
    expect(asked.searchParams.has('accountId')).toBe(false)
    expect(other.requests).toEqual([])

    // Nobody has consented there, so what there is is still good where it came from.
    await move(upstream.url)
    expect((await call()).status).toBe(200)
  })

  it('is not sent the code either, of a consent that was begun at the one before', async () => {
    isUsed = true
    const { start, consent: id } = await begin()
    const { cookie, asked } = await open(start)
    await using other = await startRecorder()
    await move(other.url)
    const response = await comeBack(`code=c&state=${asked.searchParams.get('state')}&status=success`, cookie)
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining('countersign connect aurinko'),
    ])
    expect((await progress(id)).state).toBe('failed')
    expect(other.requests).toEqual([])
    expect(upstream.requests).toEqual([])
  })
})

describe('countersign connect', () => {
  const run = () => {
    writeFileSync(join(folder, 'operator.token'), operator)
    return countersign(
      ['connect', 'aurinko', '--admin', running.admin, '--token-file', join(folder, 'operator.token')],
      { ready: /Waiting/ },
    )
  }

  it('prints the link, waits, and says that it is done', async () => {
    await using process = await run()
    const start = /http\S+ticket=\S+/.exec(process.stdout())?.[0] ?? ''
    const { cookie, asked } = await open(start)
    await comeBack(`code=c&state=${asked.searchParams.get('state')}&status=success`, cookie)
    expect(await process.exited).toBe(0)
    expect(process.stdout()).toContain('aurinko is connected.')
  })

  it('says why it failed', async () => {
    await using process = await run()
    const { cookie, asked } = await open(/http\S+ticket=\S+/.exec(process.stdout())?.[0] ?? '')
    await comeBack(`status=error&error=access_denied&state=${asked.searchParams.get('state')}`, cookie)
    expect(await process.exited).toBe(1)
    expect(process.stderr()).toContain('access_denied')
  })
})
