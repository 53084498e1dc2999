import { createHash } from 'node:crypto'
import { answersStatus, fieldValues, rawAnswer } from '@countersign/testkit'
import { describe, expect, it, vi } from 'vitest'
import type { Surroundings } from '../support/configuration.ts'
import { beginCase } from '../support/global-checks.ts'
import { request } from '../support/request.ts'
import { shareWorld } from '../support/share-world.ts'
import { openStage, type Stage } from '../support/stage.ts'

/** Everything that some encoding mangles. */
const secret = 'p a:s+s%41&w=ö"rd\\ü/?#€'

let stage: Stage
shareWorld(
  () =>
    openStage({
      secrets: { u1: secret },
      adapt(config, there) {
        Object.assign(config.upstreams, otherWays(there))
        config.services['svc-c'] = {
          identities: [{ issuer: 'cluster', subject: 'svc-c' }],
          allow: ['basic', 'post', 'json', 'exchanged'].map((upstream) => ({
            upstream,
            operations: ['read'],
          })),
        }
      },
    }),
  (opened) => {
    stage = opened
  },
)

/** The same upstream with each way to authenticate and to write the token request. */
function otherWays({ first, tokens }: Surroundings): Record<string, object> {
  const token = {
    endpoint: tokens.url,
    audience: 'https://api.example/a?b=c&d',
    parameters: { tenant: 'a b+c' },
  }
  const upstream = {
    url: first.url,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference as it stands in YAML
    credential: { client_id: 'gate:way é', client_secret: '${file:./u1.secret}' },
    operations: { read: { route: 'GET /public/{name}', scopes: ['read:b', 'read:a'] } },
  }
  return {
    basic: { ...upstream, token: { ...token, client_auth: 'client_secret_basic' } },
    post: { ...upstream, token: { ...token, client_auth: 'client_secret_post' } },
    json: { ...upstream, token: { ...token, client_auth: 'client_secret_post', body: 'json' } },
    exchanged: { ...upstream, token: { ...token, grant_type: 'token_exchange' } },
  }
}

describe('a token endpoint is asked once', () => {
  it('I94 by a hundred cold calls at the same time', async () => {
    const check = await beginCase(stage)
    stage.tokens.forget()
    const get = request(`GET ${stage.cold()}`)
    const exchanges = await Promise.all(Array.from({ length: 100 }, () => stage.caller.send(get)))
    const responses = exchanges.flatMap((exchange) => exchange.responses)
    expect(responses.map(({ status }) => status)).toEqual(Array(100).fill(200))
    expect(stage.tokens.count).toBe(1)
    await check({ responses, authorised: 100 })
  })

  it('I94 and its failure reaches all who waited, and is remembered for those who come next', async () => {
    const check = await beginCase(stage)
    stage.tokens.forget()
    stage.tokens.next(answersStatus(500))
    const get = request(`GET ${stage.cold()}`)
    const exchanges = await Promise.all(Array.from({ length: 50 }, () => stage.caller.send(get)))
    exchanges.push(await stage.caller.send(get))
    const responses = exchanges.flatMap((exchange) => exchange.responses)
    expect(responses.map(({ status }) => status)).toEqual(Array(51).fill(503))
    expect(stage.tokens.count).toBe(1)
    await check({ responses, authorised: 0 })
  })

  it('H92 by a burst of fifty refusals of the upstream', async () => {
    const path = stage.cold()
    const get = request(`GET ${path}`)
    const check = await beginCase(stage)
    stage.tokens.forget()
    const warm = await stage.caller.send(get)
    const stale = stage.tokens.issued.at(-1)
    stage.first.answerWith(({ headers }) =>
      fieldValues(headers, 'authorization')[0] === `Bearer ${stale}`
        ? rawAnswer(401, 'expired')
        : rawAnswer(200, 'fine'),
    )
    const exchanges = await Promise.all(Array.from({ length: 50 }, () => stage.caller.send(get)))
    const responses = [warm, ...exchanges].flatMap((exchange) => exchange.responses)
    expect(responses.map(({ status }) => status)).toEqual(Array(51).fill(200))
    expect(stage.tokens.count).toBe(2)
    await check({ responses, authorised: 101 })
  })

  it('H92 an upstream that refuses every token does not cause a storm', async () => {
    const get = request(`GET ${stage.cold()}`)
    const check = await beginCase(stage)
    stage.tokens.forget()
    stage.first.answerWith(
      rawAnswer(401, 'no', { 'WWW-Authenticate': 'Bearer error="invalid_token"', 'Set-Cookie': 'a=b' }),
    )
    const responses = []
    for (let n = 0; n < 20; n++) responses.push(...(await stage.caller.send(get)).responses)
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([502]))
    for (const response of responses) {
      expect(JSON.parse(response.text)).toMatchObject({
        code: 'mint.rejected-by-upstream',
        owner: 'upstream',
      })
      expect(response.header('www-authenticate')).toBeUndefined()
      expect(response.header('set-cookie')).toBeUndefined()
    }
    expect(stage.tokens.count).toBeLessThanOrEqual(6)
    const [warm, twice] = stage
      .audit()
      .filter(({ path }) => String(path).startsWith('/u1/cold/'))
      .slice(-20)
    expect([warm, twice]).toEqual([
      expect.objectContaining({ attempts: 2, code: 'mint.rejected-by-upstream' }),
      expect.objectContaining({ attempts: 2, code: 'mint.rejected-by-upstream' }),
    ])
    const shown = stage.tokens.issued.map((token) =>
      createHash('sha256').update(token).digest('hex').slice(0, 16),
    )
    expect(shown.indexOf(String(warm?.token)), 'the second token is on record').toBe(
      shown.length - stage.tokens.count + 1,
    )
    await check({ responses, authorised: 40 })
  })

  it('H92 a change is not sent twice unless its operation says so', async () => {
    const check = await beginCase(stage)
    let refusals = 0
    stage.first.answerWith(() => {
      refusals += 1
      return refusals === 1 ? rawAnswer(401, 'no') : rawAnswer(200, 'fine')
    })
    const order = await stage.caller.send(`${request('POST /u1/orders', 'Content-Length: 2')}{}`)
    refusals = 0
    const report = await stage.caller.send(`${request('POST /u1/reports', 'Content-Length: 2')}{}`)
    const responses = [...order.responses, ...report.responses]
    expect(responses.map(({ status }) => status)).toEqual([502, 200])
    expect(stage.first.requests.map(({ target }) => target)).toEqual(['/orders', '/reports', '/reports'])
    expect(stage.first.requests.map(({ body }) => body.toString())).toEqual(['{}', '{}', '{}'])
    await check({ responses, authorised: 3 })
  })
})

describe('a token is for what was asked, and for nothing else', () => {
  it('I95 other scopes, another upstream: another token', async () => {
    const check = await beginCase(stage)
    stage.tokens.forget()
    const gets = [`GET ${stage.cold()}`, `GET ${stage.cold()}`, `GET ${stage.cold()}`].map((line) =>
      request(line),
    )
    const responses = []
    for (const get of [...gets, ...gets]) responses.push(...(await stage.caller.send(get)).responses)
    const shown = stage.first.requests.map(({ headers }) => fieldValues(headers, 'authorization')[0])
    expect(new Set(shown).size).toBe(3)
    expect(shown.slice(0, 3)).toEqual(shown.slice(3))
    const asked = stage.tokens.requests.map(({ body }) => new URLSearchParams(body).get('scope'))
    expect(asked).toEqual([expect.stringMatching(/^cold:\d+$/), expect.any(String), expect.any(String)])
    expect(new Set(asked).size).toBe(3)
    await check({ responses, authorised: 6 })
  })
})

describe('I98 the secret arrives exactly as it is', () => {
  it.each([
    ['basic', 'form'],
    ['post', 'form'],
    ['json', 'json'],
  ])('%s', async (upstream, format) => {
    const check = await beginCase(stage)
    stage.tokens.forget()
    const token = await stage.caller.token({ sub: 'svc-c' })
    const { responses } = await stage.caller.send(request(`GET /${upstream}/public/x`).replace('$J', token))
    expect(responses[0]?.status).toBe(200)
    const [seen] = stage.tokens.requests
    const body =
      format === 'json' ? JSON.parse(seen?.body ?? '') : Object.fromEntries(new URLSearchParams(seen?.body))
    const basic = basicCredential(fieldValues(seen?.headers ?? [], 'authorization')[0])
    const { client_id, client_secret, ...asked } = { ...basic, ...body }
    expect({ client_id, client_secret }).toEqual({ client_id: 'gate:way é', client_secret: secret })
    expect(asked).toEqual({
      grant_type: 'client_credentials',
      audience: 'https://api.example/a?b=c&d',
      scope: 'read:a read:b',
      tenant: 'a b+c',
    })
    await check({ responses, authorised: 1 })
  })
})

describe('I97 clocks that differ, and tokens that are about to end', () => {
  const minutes = (n: number) => Math.floor(Date.now() / 1000) + n * 60
  it.each([
    ['ten minutes behind', { iat: minutes(-10), exp: minutes(50) }],
    ['ten minutes ahead', { iat: minutes(10), exp: minutes(70) }],
  ])('a server whose clock is %s: its tokens are used', async (_what, claims) => {
    const check = await beginCase(stage)
    stage.tokens.forget()
    stage.tokens.next(stage.tokens.ok({ access_token: jwt(claims), expires_in: undefined }))
    const get = request(`GET ${stage.cold()}`)
    const responses = [
      ...(await stage.caller.send(get)).responses,
      ...(await stage.caller.send(get)).responses,
    ]
    expect(responses.map(({ status }) => status)).toEqual([200, 200])
    expect(stage.tokens.count).toBe(1)
    await check({ responses, authorised: 2 })
  })

  it('a token of two seconds is replaced before it ends', async () => {
    const check = await beginCase(stage)
    stage.tokens.next(stage.tokens.ok({ expires_in: 2 }))
    const get = request(`GET ${stage.cold()}`)
    const responses = [...(await stage.caller.send(get)).responses]
    const [first] = shownTokens()
    while (shownTokens().at(-1) === first) {
      responses.push(...(await stage.caller.send(get)).responses)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
    expect(shownTokens().at(-1)).not.toBe(first)
    await check({ responses, authorised: responses.length })
  })

  it('a refresh that fails leaves the token that is still valid serving', async () => {
    const check = await beginCase(stage)
    stage.tokens.forget()
    stage.tokens.next(stage.tokens.ok({ expires_in: 6 }))
    const get = request(`GET ${stage.cold()}`)
    const ends = Date.now() + 6000
    const responses = [...(await stage.caller.send(get)).responses]
    stage.tokens.always(answersStatus(503))
    const meanwhile: (number | undefined)[] = []
    while (stage.tokens.count < 2) {
      const answered = (await stage.caller.send(get)).responses
      responses.push(...answered)
      // On a machine that is busy for so long, the token may have ended.
      if (Date.now() < ends) meanwhile.push(answered[0]?.status)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    stage.tokens.recover()
    expect(meanwhile.filter((status) => status !== 200)).toEqual([])
    expect(new Set(shownTokens()).size).toBe(1)
    await check({ responses, authorised: responses.length })
  })
})

const issued = 'urn:ietf:params:oauth:token-type:access_token'

describe('I99 a token that was had in exchange', () => {
  async function exchanged(claims: Record<string, unknown> = {}): Promise<string> {
    const token = await stage.caller.token({ sub: 'svc-c', jti: crypto.randomUUID(), ...claims })
    return request('GET /exchanged/public/x').replace('$J', token)
  }

  it('is used no longer than the subject token lives, and an expired one is not sent', async () => {
    const check = await beginCase(stage)
    stage.tokens.forget()
    stage.tokens.next(stage.tokens.ok({ issued_token_type: issued, expires_in: 3600 }))
    const exp = Math.floor(Date.now() / 1000) + 10
    const get = await exchanged({ exp })
    const responses = [
      ...(await stage.caller.send(get)).responses,
      ...(await stage.caller.send(get)).responses,
    ]
    expect(responses.map(({ status }) => status)).toEqual([200, 200])
    expect(stage.tokens.count).toBe(1)
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(exp * 1000))
    // Within the clock skew the caller is still known; its token is worth nothing to the server.
    const late = (await stage.caller.send(get)).responses
    expect(JSON.parse(late[0]?.text ?? '')).toMatchObject({ status: 401, code: 'identity.expired' })
    expect(stage.tokens.count).toBe(1)
    await check({ responses: [...responses, ...late], authorised: 2 })
  })

  it.each([
    ['missing', undefined],
    ['a refresh token', 'urn:ietf:params:oauth:token-type:refresh_token'],
    ['an ID token', 'urn:ietf:params:oauth:token-type:id_token'],
    ['a list', [issued]],
  ])('with issued_token_type %s is refused', async (_what, type) => {
    const check = await beginCase(stage)
    stage.tokens.next(stage.tokens.ok({ issued_token_type: type }))
    const { responses } = await stage.caller.send(await exchanged())
    expect(JSON.parse(responses[0]?.text ?? '')).toMatchObject({ status: 502, code: 'mint.invalid-response' })
    await check({ responses, authorised: 0 })
  })

  it.each([
    ['narrower', 'read:a'],
    ['wider', 'read:a read:b admin'],
  ])('with a %s scope is used, counted and told', async (_what, scope) => {
    const check = await beginCase(stage)
    const before = differing(await stage.metrics())
    stage.tokens.next(stage.tokens.ok({ issued_token_type: issued, scope }))
    const { responses } = await stage.caller.send(await exchanged())
    expect(responses[0]?.status).toBe(200)
    expect(differing(await stage.metrics())).toBe(before + 1)
    await check({ responses, authorised: 1 })
  })

  it('that is refused is no fault of the caller, and another subject is not held up by it', async () => {
    const check = await beginCase(stage)
    stage.tokens.next(
      answersStatus(400, '{"error":"invalid_request"}', { 'content-type': 'application/json' }),
      stage.tokens.ok({ issued_token_type: issued }),
    )
    const [refused, taken] = [await exchanged(), await exchanged()]
    const responses = [
      ...(await stage.caller.send(refused)).responses,
      ...(await stage.caller.send(taken)).responses,
    ]
    expect(responses.map(({ status }) => status)).toEqual([502, 200])
    await check({ responses, authorised: 1 })
  })
})

describe('I100 a secret that is not there', () => {
  it.each([
    ['an empty file', ''],
    ['a line break alone', '\n'],
  ])('%s: the last good configuration stays, and nothing undefined is ever sent', async (_what, content) => {
    const check = await beginCase(stage)
    stage.tokens.forget()
    const refused = () => stage.gateway.stderr().split('the last good one stays').length
    const before = refused()
    stage.write('u1.secret', content)
    await vi.waitFor(() => expect(refused()).toBeGreaterThan(before))
    const { responses } = await stage.caller.send(request(`GET ${stage.cold()}`))
    expect(responses[0]?.status).toBe(200)
    const sent = basicCredential(fieldValues(stage.tokens.requests[0]?.headers ?? [], 'authorization')[0])
    expect(sent.client_secret).toBe(secret)
    expect(shownTokens()).not.toContain('Bearer undefined')
    stage.write('u1.secret', secret)
    await check({ responses, authorised: 1 })
  })

  it('a line break behind the secret is not part of it', async () => {
    const check = await beginCase(stage)
    const applied = async () =>
      Number(/reloads_total\{result="applied"\} (\d+)/.exec(await stage.metrics())?.[1] ?? 0)
    const before = await applied()
    stage.write('u1.secret', `${secret}\n`)
    await vi.waitFor(async () => expect(await applied()).toBeGreaterThan(before))
    stage.tokens.forget()
    const { responses } = await stage.caller.send(request(`GET ${stage.cold()}`))
    const sent = basicCredential(fieldValues(stage.tokens.requests[0]?.headers ?? [], 'authorization')[0])
    expect(sent.client_secret).toBe(secret)
    await check({ responses, authorised: 1 })
  })
})

function shownTokens(): string[] {
  return stage.first.requests.flatMap(({ headers }) => fieldValues(headers, 'authorization'))
}

function differing(metrics: string): number {
  return Number(/grants_differing_total\{upstream="exchanged"\} (\d+)/.exec(metrics)?.[1] ?? 0)
}

/** An access token as a server would make it; its signature is the API's affair. */
function jwt(claims: object): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256', typ: 'at+jwt' })}.${part(claims)}.${part(crypto.randomUUID())}`
}

/** RFC 6749 2.3.1: both parts are form-encoded before they become a Basic credential. */
function basicCredential(header = ''): Record<string, string> {
  if (!header.startsWith('Basic ')) return {}
  const [id = '', secret = ''] = Buffer.from(header.slice(6), 'base64').toString('utf8').split(':')
  const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '))
  return { client_id: decode(id), client_secret: decode(secret) }
}
