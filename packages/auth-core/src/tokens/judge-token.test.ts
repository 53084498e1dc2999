import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Reply, ScriptedTokenEndpoint, tokenReply } from '../../test/scripted-token-endpoint.ts'
import { credentialOf, faultOf, grantFor, sourceTowards } from '../../test/token-source-fixture.ts'

let endpoint: ScriptedTokenEndpoint
beforeEach(async () => {
  endpoint = await ScriptedTokenEndpoint.start()
})
afterEach(() => endpoint.stop())

const secret = 'top5ecret'
const value = 'eyJtoken'

/** The fault of an answer, having made sure that nothing of what must stay inside shows anywhere in it. */
async function faultFor(reply: Reply, options: Parameters<typeof sourceTowards>[1] = {}) {
  endpoint.reply = () => reply
  const credential = () => credentialOf(secret)
  const fault = await faultOf(sourceTowards(endpoint, { credential, ...options }).source.mint(grantFor()))
  const shown = inspect(fault, { depth: 20, showHidden: true })
  for (const hidden of [secret, value, '<html', 'evil']) expect(shown).not.toContain(hidden)
  return fault
}

const invalid = { code: 'mint.invalid-response', owner: 'upstream' }
const refused = { code: 'mint.refused', owner: 'operator' }
const unavailable = { code: 'mint.unavailable', owner: 'upstream' }
const html = { headers: { 'content-type': 'text/html' }, body: `<html>${secret} ${value}</html>` }
const json = (body: unknown, status = 200): Reply => ({ status, body: JSON.stringify(body) })

describe('an answer that holds no token that can be used is mint.invalid-response', () => {
  test.each<[string, Reply]>([
    ['HTML', html],
    ['nothing at all', { body: '' }],
    ['204', { status: 204 }],
    ['JSON cut off', { body: `{"access_token":"${value}"` }],
    ['JSON of another type', { ...tokenReply(value), headers: { 'content-type': 'text/plain' } }],
    ['no content-type', { ...tokenReply(value), headers: { 'content-type': '' } }],
    ['an array', json([{ access_token: value, token_type: 'Bearer' }])],
    ['null', { body: 'null' }],
    ['a string', { body: `"${value}"` }],
    ['bytes that are not UTF-8', { body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) }],
    ['200 KB of whitespace before it', { body: `${' '.repeat(200_000)}${tokenReply(value).body}` }],
    [
      'a compressed bomb',
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync(' '.repeat(10_000_000)) },
    ],
    ['10,000 nested arrays as token', { body: `{"access_token":${'['.repeat(9999)}${']'.repeat(9999)}}` }],
    [
      'a form',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `access_token=${value}` },
    ],
    ['404', { status: 404 }],
    ['404 with an error', json({ error: 'not_found' }, 404)],
    ['400 in HTML', { ...html, status: 400 }],
    ['403 in HTML', { ...html, status: 403 }],
    ['an error that is no string beside a token', tokenReply(value, { error: { evil: 1 } })],
  ])('%s', async (_what, reply) => expect(await faultFor(reply)).toMatchObject(invalid))

  test.each<[string, Record<string, unknown>]>([
    ['missing', { access_token: undefined }],
    ['empty', { access_token: '' }],
    ['null', { access_token: null }],
    ['a number', { access_token: 42 }],
    ['an object', { access_token: { evil: value } }],
    ['with a line break', { access_token: `${value}\r\nx-evil: 1` }],
    ['with a line feed at the end', { access_token: `${value}\n` }],
    ['with a NUL', { access_token: `${value}\0` }],
    ['with a space', { access_token: `${value} evil` }],
    ['with a tab', { access_token: `${value}\tevil` }],
    ['with ü', { access_token: `${value}ü` }],
    ['with a zero-width space', { access_token: `${value}\u200b` }],
    ['of 16 KiB and one', { access_token: 'a'.repeat(16_385) }],
  ])('access_token %s', async (_what, members) =>
    expect(await faultFor(tokenReply(value, members))).toMatchObject(invalid),
  )

  test.each([undefined, null, '', 'mac', 'DPoP', 'N_A', 'Bearer ', 1, ['Bearer']])(
    'token_type %j',
    async (type) => expect(await faultFor(tokenReply(value, { token_type: type }))).toMatchObject(invalid),
  )

  test.each([
    0,
    -1,
    0.5,
    '0',
    '-1',
    '',
    ' 3600',
    '3600 apples',
    '1e3',
    'NaN',
    true,
    [],
    {},
    1e12,
    1_767_225_600,
  ])('expires_in %j', async (expires_in) =>
    expect(await faultFor(tokenReply(value, { expires_in }))).toMatchObject(invalid),
  )

  test('expires_in beyond what a number holds', async () => {
    const body = `{"access_token":"${value}","token_type":"Bearer","expires_in":1e400}`
    expect(await faultFor({ body })).toMatchObject(invalid)
  })

  test.each([['a\nb'], ['a\u001b[31m'], ['"'], ['ü'], [['read']], [1]])('scope %j', async (scope) =>
    expect(await faultFor(tokenReply(value, { scope }))).toMatchObject(invalid),
  )
})

describe('an answer that refuses is mint.refused, and names the error code', () => {
  const codes = ['invalid_client', 'unauthorized_client', 'invalid_grant', 'access_denied', 'invalid_scope']
  const cases = [
    ...codes,
    'invalid_target',
    'invalid_request',
    'unsupported_grant_type',
    'm2m.quota-exceeded',
  ]

  test.each(cases.flatMap((error) => [200, 400, 401, 403].map((status) => [status, error] as const)))(
    '%i %s',
    async (status, error) => {
      const fault = await faultFor(json({ error, error_description: `${secret} is evil` }, status))
      expect(fault).toMatchObject({ ...refused, detail: `the token endpoint answered ${status} ${error}` })
    },
  )

  test('401 with a challenge, and with anything in the body', async () => {
    const headers = { 'www-authenticate': 'Basic realm="x", error="evil"' }
    const detailed = { ...json({ error: 'invalid_client' }, 401), headers }
    expect(await faultFor(detailed)).toMatchObject({
      detail: 'the token endpoint answered 401 invalid_client',
    })
    expect(await faultFor({ ...html, status: 401 })).toMatchObject(refused)
    expect(await faultFor({ status: 401, headers })).toMatchObject(refused)
  })

  test.each([secret, `x_${secret}_x`, 'evil\r\nline', `evil ${'x'.repeat(500)}`, '\u001b[31mevil'])(
    'an error %j is not quoted',
    async (error) =>
      expect(await faultFor(json({ error }, 400))).toMatchObject({
        ...refused,
        detail: 'the token endpoint answered 400 with an unreadable error',
      }),
  )
})

describe('an endpoint in trouble is mint.unavailable', () => {
  test.each<[string, Reply]>([
    ['500', { status: 500 }],
    ['502 in HTML', { ...html, status: 502 }],
    ['503', { status: 503 }],
    ['429', { status: 429 }],
    ['408', { status: 408 }],
    ['500 with an OAuth error', json({ error: 'invalid_client' }, 500)],
    ['400 server_error', json({ error: 'server_error' }, 400)],
    ['400 temporarily_unavailable', json({ error: 'temporarily_unavailable' }, 400)],
  ])('%s', async (_what, reply) => expect(await faultFor(reply)).toMatchObject(unavailable))
})

describe('what is unusual but right is accepted', () => {
  test.each<[string, Reply]>([
    ['token_type in any case', tokenReply(value, { token_type: 'bEARER' })],
    [
      'a type with +json and a charset',
      { ...tokenReply(value), headers: { 'content-type': 'Application/x+JSON;charset=UTF-8' } },
    ],
    ['201', { ...tokenReply(value), status: 201 }],
    ['error: null', tokenReply(value, { error: null })],
    ['scope: null', tokenReply(value, { scope: null })],
    ['an ID token that nobody asked for', tokenReply(value, { id_token: 'garbage', refresh_token: '' })],
    ['a byte order mark', { body: `\ufeff${tokenReply(value).body}` }],
  ])('%s', async (_what, reply) => {
    endpoint.reply = () => reply
    const { token } = await sourceTowards(endpoint).source.mint(grantFor())
    expect(token.value.reveal()).toBe(value)
  })

  test.each(['a', '~+/._-=', '1|laravel', '!"#$%&\'()*,:;<>?@[\\]^`{}', 'a'.repeat(16_384)])(
    'the token %#',
    async (unusual) => {
      endpoint.reply = () => tokenReply(unusual)
      const { token } = await sourceTowards(endpoint).source.mint(grantFor())
      expect(token.value.reveal()).toBe(unusual)
    },
  )
})

describe('a preset adapts what departs from the RFC', () => {
  test('other names for token, type and life', async () => {
    endpoint.reply = () => json({ accessToken: value, expire_in: '3600' })
    const { source, clock } = sourceTowards(endpoint, {
      adapt: {
        normalise: ({ accessToken, expire_in, ...rest }) => ({
          ...rest,
          access_token: accessToken,
          expires_in: expire_in,
          token_type: 'Bearer',
        }),
      },
    })
    const { token } = await source.mint(grantFor())
    expect([token.value.reveal(), token.expiresAt]).toEqual([value, clock.now() + 3_600_000])
  })

  test('another status and member for an unknown client', async () => {
    const adapt = {
      normalise: ({ error_code, ...rest }: Readonly<Record<string, unknown>>) => ({
        ...rest,
        error: error_code,
      }),
      refusedStatuses: [404],
    }
    expect(await faultFor(json({ error_code: 'client_not_found' }, 404), { adapt })).toMatchObject({
      ...refused,
      detail: 'the token endpoint answered 404 client_not_found',
    })
  })
})
