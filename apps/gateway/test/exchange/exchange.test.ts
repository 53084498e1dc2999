import { answersJson, type RawResponse } from '@countersign/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { beginCase, type CaseCheck } from '../support/global-checks.ts'
import { shareWorld } from '../support/share-world.ts'
import { good, openExchangeStage, tokenRequest, type } from './exchange-stage.ts'

let stage: Awaited<ReturnType<typeof openExchangeStage>>
let check: CaseCheck
shareWorld(
  () => openExchangeStage(),
  (opened) => {
    stage = opened
  },
)
beforeEach(async () => {
  check = await beginCase(stage)
  stage.tokens.forget()
})

const bodyOf = ({ text }: RawResponse) => JSON.parse(text) as Record<string, unknown>
const released = async (response: RawResponse) => {
  const { access_token: token } = bodyOf(response)
  await check({ responses: [response], authorised: 1, released: [String(token)] })
  return String(token)
}

describe('a service obtains the token that a rule releases', () => {
  it('in the form of RFC 8693 2.2.1, not to be stored', async () => {
    const response = await stage.ask(tokenRequest(good))
    expect(response.status).toBe(200)
    expect(bodyOf(response)).toEqual({
      access_token: expect.toBeOneOf([...stage.tokens.issued]),
      issued_token_type: type('access_token'),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      scope: 'read:public write:orders',
    })
    expect(response.header('cache-control')).toBe('no-store')
    expect(response.header('content-type')).toBe('application/json')
    await released(response)
    const [open, close] = stage.audit().filter((line) => line.request_id === response.header('x-request-id'))
    const facts = { service: 'svc-a', upstream: 'u1', operation: 'token.release', verdict: 'allow' }
    expect(open).toMatchObject({ kind: 'open', ...facts, rule: 'svc-a allow[0]' })
    expect(close).toMatchObject({ kind: 'close', ...facts, status: 200, token: expect.any(String) })
    expect(await stage.metrics()).toMatch(
      /requests_total\{service="svc-a",outcome="answered",owner="",upstream="u1",operation="token.release"/,
    )
  })

  it('is the one that its calls go out with: a token endpoint is asked once for both', async () => {
    const first = await stage.ask(tokenRequest(good))
    stage.tokens.forget()
    const again = await stage.ask(tokenRequest({ ...good, audience: undefined, resource: stage.first.url }))
    expect(bodyOf(again).access_token).toBe(bodyOf(first).access_token)
    await stage.caller.send('GET /u1/public/x HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer $J\r\n\r\n')
    expect(stage.first.bytes().toString()).toContain(`Bearer ${bodyOf(first).access_token}`)
    expect(stage.tokens.count).toBe(0)
  })

  it.each([
    ['the gateway’s address of the upstream', { resource: 'https://gateway.internal/u1' }],
    ['and with a slash behind it', { resource: 'https://gateway.internal/u1/' }],
    ['name and audience, which mean the same', { audience: 'u1', resource: 'https://gateway.internal/u1' }],
    ['the audience of its tokens', { audience: 'https://api.u1.example' }],
  ])('names the target by %s', async (_how, target) => {
    const response = await stage.ask(tokenRequest({ ...good, audience: undefined, ...target }))
    expect(response.status).toBe(200)
    await released(response)
  })

  it.each([
    ['nothing but its token', {}, []],
    ['client_id: the service', { client_id: 'svc-a' }, []],
    ['the same token as bearer', {}, ['Authorization: bearer $J']],
    [
      'the same token as client_assertion',
      {
        client_id: 'svc-a',
        client_assertion: '$J',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      },
      [],
    ],
    ['an access_token', { subject_token_type: type('access_token') }, []],
    ['what it asks for', { requested_token_type: type('access_token') }, []],
    ['unknown and empty parameters, which are ignored', { x: 'y', scope: '', actor_token: '' }, []],
  ])('shows %s', async (_what, parameters, fields) => {
    const bytes = tokenRequest({ ...good, ...parameters }, ...fields.map((field) => stage.caller.fill(field)))
    const response = await stage.ask(bytes)
    expect(response.text).toContain('access_token')
    await released(response)
  })

  it('with fewer scopes than the rule has: a token of its own, made with these', async () => {
    const response = await stage.ask(tokenRequest({ ...good, scope: 'read:public' }))
    expect(bodyOf(response).scope).toBe('read:public')
    expect(new URLSearchParams(stage.tokens.requests[0]?.body).get('scope')).toBe('read:public')
    await released(response)
  })

  it('by the first releasing rule that has the scopes asked for', async () => {
    const response = await stage.ask(tokenRequest({ ...good, scope: 'things' }))
    expect(bodyOf(response).scope).toBe('things')
    await released(response)
    expect(stage.audit().findLast(({ operation }) => operation === 'token.release')?.rule).toBe(
      'svc-a allow[1]',
    )
  })

  it('with fewer scopes than it asked for, if the vendor says so: the answer says so, too', async () => {
    stage.tokens.next(stage.tokens.ok({ scope: 'cold:30' }))
    const subject_token = await stage.caller.token({ sub: 'svc-cold' })
    const response = await stage.ask(tokenRequest({ ...good, subject_token, scope: 'cold:30 cold:31' }))
    expect(bodyOf(response).scope).toBe('cold:30')
    await released(response)
  })

  it('under the rule’s limit: 429, when to come back, and no other rule', async () => {
    const subject_token = await stage.caller.token({ sub: 'svc-limited' })
    const first = await stage.ask(tokenRequest({ ...good, subject_token }))
    expect(first.status).toBe(200)
    const second = await stage.ask(tokenRequest({ ...good, subject_token }))
    expect(second.status).toBe(429)
    expect(Number(second.header('retry-after'))).toBeGreaterThan(0)
    expect(bodyOf(second)).toMatchObject({ error: 'temporarily_unavailable', code: 'policy.rate-limited' })
    await check({ responses: [first, second], authorised: 1, released: [String(bodyOf(first).access_token)] })
  })

  it('two hundred at once: the vendor is asked once', async () => {
    const subject_token = await stage.caller.token({ sub: 'svc-a' })
    const scope = 'things'
    stage.tokens.forget()
    const asked = Array.from({ length: 200 }, () =>
      stage.ask(tokenRequest({ ...good, subject_token, scope })),
    )
    const answers = await Promise.all(asked)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map((answer) => bodyOf(answer).access_token)).size).toBe(1)
    expect(stage.tokens.count).toBeLessThanOrEqual(1)
  })
})

describe('a token does not leave', () => {
  const unreleasable = { error: 'invalid_target', code: 'exchange.unreleasable', owner: 'operator' }

  it('that lives longer than the rule lets it, or does not say how long', async () => {
    const subject_token = await stage.caller.token({ sub: 'svc-short' })
    const scope = 'read:public'
    const long = await stage.ask(tokenRequest({ ...good, subject_token, scope }))
    expect(long.status).toBe(400)
    expect(bodyOf(long)).toMatchObject(unreleasable)
    expect(stage.audit().at(-1)?.detail).toBe('it lives 3600 s, and release_max_lifetime is 600 s')
    await check({ responses: [long], authorised: 0 })
  })

  it.each([
    [1, 'lives for weeks, whatever the gateway would use of it', { expires_in: 30 * 86_400 }],
    [2, 'does not say how long it lives', { expires_in: undefined }],
    [3, 'can do more than was asked for', { scope: 'cold:3 admin' }],
    [4, 'is a JWT for another audience', { access_token: jwt({ aud: 'https://elsewhere.example' }) }],
    [5, 'is a JWT that lives for weeks', { access_token: jwt({ iat: 0, exp: 30 * 86_400 }) }],
  ])('case %i: that %s', async (number, _what, answer) => {
    stage.tokens.next(stage.tokens.ok(answer))
    const subject_token = await stage.caller.token({ sub: 'svc-cold' })
    // A scope of its own: no other case has a token for it.
    const response = await stage.ask(tokenRequest({ ...good, subject_token, scope: `cold:${number}` }))
    expect(response.status).toBe(400)
    expect(bodyOf(response)).toMatchObject(unreleasable)
    await check({ responses: [response], authorised: 0 })
  })

  it.each<[string, Record<string, string>, object]>([
    [
      'what it asked for',
      { audience: 'https://nowhere.example', scope: 'b a' },
      { scopes: ['b', 'a'], audience: ['https://nowhere.example'], resource: [] },
    ],
    ['no token that it put there', { audience: '$J' }, { scopes: [], audience: ['[token]'], resource: [] }],
    ['no more than a kilobyte', { audience: 'x'.repeat(2000) }, { too_long: true }],
  ])('and on record is %s', async (_what, parameters, asked) => {
    const response = await stage.ask(tokenRequest({ ...good, ...parameters }))
    expect(bodyOf(response)).toMatchObject({ code: 'exchange.target' })
    expect(stage.audit().at(-1)).toMatchObject({ code: 'exchange.target', asked })
    await check({ responses: [response], authorised: 0 })
  })

  it('and of nobody known nothing is on record of what was asked for', async () => {
    const response = await stage.ask(tokenRequest({ ...good, subject_token: 'a.b.c' }))
    expect(stage.audit().at(-1)).toMatchObject({ code: 'exchange.subject-token' })
    expect(stage.audit().at(-1)).not.toHaveProperty('asked')
    await check({ responses: [response], authorised: 0 })
  })

  it('to a client that shows itself by Basic: the challenge answers that scheme as well (RFC 6749 5.2)', async () => {
    const responses: RawResponse[] = []
    for (const scheme of ['Basic', 'basic']) {
      const response = await stage.ask(tokenRequest(good, `Authorization: ${scheme} c3ZjLWE6eA==`))
      expect([response.status, bodyOf(response).error]).toEqual([401, 'invalid_client'])
      expect(response.header('www-authenticate')).toMatch(/^Bearer realm=.*, Basic realm="countersign"$/)
      responses.push(response)
    }
    const other = await stage.ask(tokenRequest(good, 'Authorization: Bearer a.b.c'))
    expect(other.header('www-authenticate')).not.toContain('Basic')
    await check({ responses: [...responses, other], authorised: 0 })
  })

  it('when the vendor gives none: the vendor’s fault, not the caller’s', async () => {
    stage.tokens.next(answersJson({ error: 'invalid_client' }, 401))
    const subject_token = await stage.caller.token({ sub: 'svc-cold' })
    const response = await stage.ask(tokenRequest({ ...good, subject_token, scope: 'cold:20' }))
    expect(response.status).toBe(502)
    expect(bodyOf(response)).toMatchObject({ error: 'server_error', code: 'mint.refused', owner: 'operator' })
    await check({ responses: [response], authorised: 0 })
  })
})

function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part(claims)}.signature`
}

it('a release that cannot be recorded does not happen', async () => {
  await using full = await openExchangeStage(({ gateway }) => {
    gateway.audit = { file: '/dev/full', required: true }
  })
  const response = await full.ask(tokenRequest(good))
  expect(response.status).toBe(503)
  expect(bodyOf(response)).toMatchObject({ error: 'temporarily_unavailable', code: 'audit.unavailable' })
  expect(response.text).not.toContain('minted-')
})
