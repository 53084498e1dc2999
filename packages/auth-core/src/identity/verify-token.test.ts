import { createHmac, sign } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { CompactEncrypt, importJWK, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  audience,
  ecKey,
  edKey,
  forge,
  forgeWith,
  goodClaims,
  issuerUrl,
  jwksUrl,
  rsaKey,
  type SigningKey,
  start,
  token,
  World,
} from '../../test/issuer-fixture.ts'
import { Fault, type FaultCode } from '../fault.ts'
import type { Identity } from './identity.ts'
import type { IssuerOptions } from './issuer.ts'
import { createTokenVerifier } from './verify-token.ts'

const ec = ecKey('ec')
const rsa = rsaKey('rsa')
const ed = edKey('ed')
const stranger = ecKey('ec')

function world(): World {
  const world = new World()
  world.network.publish(ec, rsa, ed)
  return world
}

async function verify(text: string, change: Partial<IssuerOptions> = {}): Promise<Identity> {
  const { issuer, verifier } = bound(world())
  return verifier(issuer(change)).verify(text)
}

function bound(world: World) {
  return { issuer: world.issuer.bind(world), verifier: world.verifier.bind(world) }
}

async function faultOf(attempt: () => Identity | Promise<Identity>): Promise<Fault> {
  try {
    await attempt()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('it was accepted')
}

async function codeOf(text: string, change: Partial<IssuerOptions> = {}): Promise<FaultCode> {
  const fault = await faultOf(() => verify(text, change))
  // Nothing of the token itself, and nothing that could forge a line of a log.
  expect(fault.detail).toMatch(/^[ -~]{1,400}$/)
  for (const segment of text.split('.').filter((part) => part.length > 8)) {
    expect(fault.detail).not.toContain(segment)
  }
  return fault.code
}

const refused = 'identity.refused'
const malformed = 'identity.malformed'

describe('a good token', () => {
  it.each(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'])(
    'signed by jose with %s is an identity',
    async (alg) => {
      const crv = { ES256: 'P-256', ES384: 'P-384' }[alg]
      const key = crv ? ecKey('k', crv) : alg === 'EdDSA' ? ed : rsa
      const place = new World()
      place.network.publish(key)
      const text = await new SignJWT(goodClaims())
        .setProtectedHeader({ alg, kid: key.jwk.kid ?? '' })
        .sign(key.privateKey)
      const identity = await place.verifier().verify(text)
      expect(identity).toMatchObject({ issuer: 'issuer', subject: 'svc-a', expiresAt: (start + 3600) * 1000 })
    },
  )

  it('gives the claims that were verified, frozen and without a prototype', async () => {
    const { claims } = await verify(token(ec, { groups: ['a', { b: 1 }], __proto__x: 1 }))
    expect(claims).toEqual({ ...goodClaims(), groups: ['a', { b: 1 }], __proto__x: 1 })
    expect(Object.getPrototypeOf(claims)).toBeNull()
    expect(claims).toSatisfy(Object.isFrozen)
    expect(claims).toHaveProperty('groups[1]', expect.toSatisfy(Object.isFrozen))
  })

  it('may be 15 KB long, have hostile text in its claims, and name several audiences', async () => {
    const sub = `a\r\nX: "b" \u2028 ${'x'.repeat(4096)}`
    const identity = await verify(token(ec, { sub, aud: ['x', audience], pad: 'x'.repeat(6000) }))
    expect(identity.subject).toBe(sub)
  })
})

describe('algorithm and key', () => {
  it.each(['none', 'None', 'NONE', 'nOnE'])(
    'refuses alg %s, with and without kid, with and without signature',
    async (alg) => {
      for (const header of [{ alg }, { alg, kid: 'ec' }]) {
        expect(await codeOf(forgeWith(header, goodClaims(), () => Buffer.alloc(0)))).toBe(malformed)
        expect(await codeOf(forge(ec, header, goodClaims()))).toBe(refused)
      }
    },
  )

  it('refuses HS256 keyed with any form of the public key', async () => {
    const { createPublicKey } = await import('node:crypto')
    for (const key of [rsa, ec]) {
      const publicKey = createPublicKey(key.privateKey)
      const secrets = [
        publicKey.export({ type: 'spki', format: 'pem' }),
        publicKey.export({ type: 'spki', format: 'der' }),
        JSON.stringify(key.jwk),
        Buffer.from(key.jwk.n ?? key.jwk.x ?? '', 'base64url'),
      ]
      for (const secret of secrets) {
        const signer = (input: string) => createHmac('sha256', secret).update(input).digest()
        expect(await codeOf(forgeWith({ alg: 'HS256', kid: key.jwk.kid }, goodClaims(), signer))).toBe(
          refused,
        )
      }
    }
  })

  it('refuses an algorithm other than the one published for the key, or not configured', async () => {
    const place = new World()
    place.network.publish({ ...rsa, jwk: { ...rsa.jwk, alg: 'RS256' } }, ec)
    const sign = (alg: string, key: SigningKey) =>
      new SignJWT(goodClaims()).setProtectedHeader({ alg, kid: key.jwk.kid ?? '' }).sign(key.privateKey)
    const verifier = place.verifier()
    expect((await faultOf(async () => verifier.verify(await sign('PS256', rsa)))).code).toBe(refused)
    expect((await faultOf(async () => verifier.verify(await sign('RS512', rsa)))).code).toBe(refused)
    expect(await verifier.verify(await sign('RS256', rsa))).toBeDefined()
    expect(await codeOf(token(ec, {}, { alg: 'ES384' }))).toBe(refused)
    expect(await codeOf(token(ec), { algorithms: ['RS256'] })).toBe(refused)
  })

  it('does not take a key from the token', async () => {
    const header = {
      jwk: stranger.jwk,
      x5c: ['MIIB'],
      jku: 'https://evil.test/jwks',
      x5u: 'https://evil.test/x',
    }
    const place = world()
    const verifier = place.verifier()
    for (const kid of ['ec', 'new', undefined]) {
      const fault = await faultOf(() => verifier.verify(token(stranger, {}, { ...header, kid })))
      expect(fault.code).toBe(refused)
    }
    expect(new Set(place.network.asked)).toEqual(new Set([jwksUrl]))
  })

  it.each([
    '../../../../dev/null',
    '/dev/null',
    "' OR 1=1--",
    '|sleep 10',
    'k'.repeat(8192),
    '__proto__',
    'constructor',
    1,
    ['ec'],
    null,
    '',
    { toString: 'ec' },
  ])('refuses the kid %j', async (kid) => {
    expect(await codeOf(token(ec, {}, { kid }))).toBe(refused)
  })

  it('refuses the key of one issuer for the tokens of another, whatever the kid', async () => {
    const place = world()
    place.network.serve('https://other.test/jwks', { keys: [stranger.jwk] })
    const other = place.issuer({
      name: 'other',
      issuer: 'https://other.test',
      keys: { kind: 'url', url: 'https://other.test/jwks' },
    })
    const verifier = place.verifier(place.issuer(), other)
    expect((await faultOf(() => verifier.verify(token(stranger)))).code).toBe(refused)
    expect(await verifier.verify(token(stranger, { iss: 'https://other.test' }))).toMatchObject({
      issuer: 'other',
    })
    expect((await faultOf(() => verifier.verify(token(ec, { iss: 'https://other.test' })))).code).toBe(
      refused,
    )
  })
})

describe('signature', () => {
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
  const zero = Buffer.alloc(32)
  const one = Buffer.concat([Buffer.alloc(31), Buffer.from([1])])
  it.each([
    ['all zeros', Buffer.concat([zero, zero])],
    ['r and s of one', Buffer.concat([one, one])],
    ['r and s of the order', Buffer.concat([order, order])],
    ['r of zero', Buffer.concat([zero, one])],
    ['all ones', Buffer.alloc(64, 255)],
    ['one byte', Buffer.alloc(1)],
    ['far too long', Buffer.alloc(4096, 1)],
  ])('of %s is refused', async (_, bytes) => {
    expect(await codeOf(forgeWith({ alg: 'ES256', kid: 'ec' }, goodClaims(), () => bytes))).toBe(refused)
  })

  it('in DER, with r and s swapped, or over other claims is refused', async () => {
    const der = (input: string) =>
      sign('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'der' })
    expect(await codeOf(forgeWith({ alg: 'ES256', kid: 'ec' }, goodClaims(), der))).toBe(refused)
    const [header, claims, signature = ''] = token(ec).split('.')
    const raw = Buffer.from(signature, 'base64url')
    const swapped = Buffer.concat([raw.subarray(32), raw.subarray(0, 32)]).toString('base64url')
    expect(await codeOf(`${header}.${claims}.${swapped}`)).toBe(refused)
    const [, others] = token(ec, { sub: 'svc-b' }).split('.')
    expect(await codeOf(`${header}.${others}.${signature}`)).toBe(refused)
  })
})

describe('header', () => {
  it.each([
    ['crit', ['exp']],
    ['crit', ['x']],
    ['crit', []],
    ['crit', 'exp'],
    ['b64', false],
    ['b64', true],
  ])('refuses %s %j', async (member, value) => {
    expect(await codeOf(token(ec, {}, { [member]: value }))).toBe(refused)
  })

  it('refuses b64 with crit', async () => {
    expect(await codeOf(token(ec, {}, { b64: false, crit: ['b64'] }))).toBe(refused)
  })

  it('refuses crit before any key is asked for', async () => {
    const place = world()
    expect((await faultOf(() => place.verifier().verify(token(ec, {}, { crit: ['exp'] })))).code).toBe(
      refused,
    )
    expect(place.network.asked).toEqual([])
  })

  it.each([
    '{"alg":"none","alg":"ES256","kid":"ec"}',
    '{"alg":"ES256","kid":"x","kid":"ec"}',
    '{"alg":"ES256","kid":"x","\\u006bid":"ec"}',
    '["ES256"]',
    '"ES256"',
    'null',
  ])('refuses %s', async (header) => {
    expect(await codeOf(forge(ec, header, goodClaims()))).toBe(malformed)
  })

  it.each([undefined, 'JWT', 'jwt', 'application/jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt'])(
    'accepts typ %s',
    async (typ) => {
      expect(await verify(token(ec, {}, { typ }))).toBeDefined()
    },
  )

  it.each([
    'wit+jwt',
    'txntoken+jwt',
    'dpop+jwt',
    'logout+jwt',
    'secevent+jwt',
    'JOSE',
    '',
    'application/x/jwt',
    'text/jwt',
    null,
    1,
    ['JWT'],
  ])('refuses typ %j', async (typ) => {
    expect(await codeOf(token(ec, {}, { typ }))).toBe(refused)
  })

  it('accepts the configured types only', async () => {
    expect(await codeOf(token(ec), { types: ['at+jwt'] })).toBe(refused)
    expect(await verify(token(ec, {}, { typ: 'JOSE' }), { types: ['application/jose'] })).toBeDefined()
  })
})

describe('claims', () => {
  it.each([
    '{"sub":"a","sub":"b"',
    '{"sub":"a","s\\u0075b":"b"',
    '{"sub":"a","aud":"x","aud":"https://gateway.test"',
    '{"sub":"a","exp":1,"exp":1800000100',
  ])('refuses members said twice: %s', async (head) => {
    const rest = `"iss":"${issuerUrl}"}`
    expect(await codeOf(forge(ec, { alg: 'ES256', kid: 'ec' }, `${head},${rest}`))).toBe(malformed)
  })

  it.each([
    undefined,
    null,
    [],
    '',
    [[audience]],
    {},
    `${audience} `,
    audience.toUpperCase(),
    `${audience}/`,
    audience.slice(0, -1),
    `x${audience}`,
    [audience, 1],
    [null, audience],
    [`${audience}/`],
  ])('refuses the audience %j', async (aud) => {
    expect(await codeOf(token(ec, { aud }))).toBe(refused)
  })

  it.each([
    `${issuerUrl}/`,
    issuerUrl.toUpperCase(),
    [issuerUrl],
    undefined,
    null,
    '',
    '__proto__',
    'https://evil.test',
  ])('does not know the issuer %j, and asks nobody', async (iss) => {
    const place = world()
    const fault = await faultOf(() => place.verifier().verify(token(ec, { iss })))
    expect(fault.code).toBe('identity.untrusted-issuer')
    expect(place.network.asked).toEqual([])
  })

  it('names the trust domain of a JWT-SVID that nobody configured, which has no issuer', async () => {
    const svid = token(ec, { iss: undefined, sub: 'spiffe://other.example/ns/ops' })
    const { detail } = await faultOf(() => world().verifier().verify(svid))
    expect(detail).toBe('no configured issuer signs as "spiffe://other.example"')
  })

  it.each([
    ['iss', 'https://evil.test/\r\n\u001b[2J\u2028\u202e"ü😀'],
    ['iss', 'x'.repeat(4096)],
  ])('tells the operator about a hostile %s without letting it forge a line', async (member, value) => {
    expect(await codeOf(token(ec, { [member]: value }))).toBe('identity.untrusted-issuer')
  })

  it('tells the operator about a hostile kid and typ without letting them forge a line', async () => {
    const hostile = 'k\r\n\u001b[2J\u2028\u202e"ü😀'
    expect(await codeOf(token(ec, {}, { kid: hostile }))).toBe(refused)
    expect(await codeOf(token(ec, {}, { typ: hostile }))).toBe(refused)
  })

  it.each([undefined, null, '', 1, ['svc-a'], {}])('refuses the subject %j', async (sub) => {
    expect(await codeOf(token(ec, { sub }))).toBe(refused)
  })

  it.each([
    ['exp', undefined],
    ['exp', null],
    ['exp', `${start + 60}`],
    ['exp', 1e18],
    ['exp', start + 60.5],
    ['exp', [start + 60]],
    ['exp', -1],
    ['nbf', start + 31],
    ['nbf', `${start}`],
    ['nbf', null],
    ['iat', start + 86_400],
    ['iat', `${start}`],
    ['iat', null],
    ['iat', -1],
  ])('refuses %s of %j', async (member, value) => {
    expect(await codeOf(token(ec, { [member]: value }))).toBe(refused)
  })

  it('refuses an exp beyond every number', async () => {
    const claims = JSON.stringify(goodClaims()).replace(`${start + 3600}`, '1e400')
    expect(await codeOf(forge(ec, { alg: 'ES256', kid: 'ec' }, claims))).toBe(malformed)
  })

  it('allows for the skew on both sides, and no more', async () => {
    const old = { iat: start - 3600 }
    expect(await verify(token(ec, { ...old, exp: start - 29 }))).toBeDefined()
    expect(await codeOf(token(ec, { ...old, exp: start - 30 }))).toBe('identity.expired')
    expect(await codeOf(token(ec, { ...old, exp: start - 31 }))).toBe('identity.expired')
    expect(await codeOf(token(ec, { ...old, exp: start }), { skewSeconds: 0 })).toBe('identity.expired')
    expect(await verify(token(ec, { nbf: start + 30, iat: start + 30 }))).toBeDefined()
    expect(await codeOf(token(ec, { iat: start + 31 }))).toBe(refused)
  })

  it('bounds the whole life of a token, also of one that does not say when it began', async () => {
    const day = 86_400
    expect(await verify(token(ec, { exp: start + day }))).toBeDefined()
    expect(await codeOf(token(ec, { exp: start + day + 1 }))).toBe(refused)
    expect(await codeOf(token(ec, { iat: start - 10, exp: start + day }))).toBe(refused)
    expect(await codeOf(token(ec, { exp: start + 365 * day }))).toBe(refused)
    expect(await codeOf(token(ec, { iat: undefined, exp: start + 365 * day }))).toBe(refused)
    expect(await verify(token(ec, { iat: undefined, exp: start + day }))).toBeDefined()
    expect(await verify(token(ec, { exp: start + 7 * day }), { maxLifetimeSeconds: 7 * day })).toBeDefined()
  })

  it.each([
    ['bound to a DPoP key', { cnf: { jkt: 'x' } }],
    ['bound to a certificate', { cnf: { 'x5t#S256': 'x' } }],
    ['bound to nothing known', { cnf: null }],
    ['an ID token with nonce', { nonce: 'n' }],
    ['an ID token with at_hash', { at_hash: 'h' }],
    ['an ID token with c_hash', { c_hash: 'h' }],
  ])('refuses a token that is %s', async (_, change) => {
    expect(await codeOf(token(ec, change))).toBe(refused)
  })
})

describe('spelling', () => {
  const good = token(ec)
  const [header = '', claims = '', signature = ''] = good.split('.')
  const lastFlipped = good.slice(0, -1) + String.fromCharCode(good.charCodeAt(good.length - 1) + 1)
  it.each([
    ['empty', ''],
    ['of two segments', `${header}.${claims}`],
    ['of four segments', `${good}.x`],
    ['with a trailing dot', `${good}.`],
    ['with an empty signature', `${header}.${claims}.`],
    ['of garbage', 'a.b.c'],
    ['of dots', '.'.repeat(10_000)],
    ['of too many dots', '.'.repeat(100_000)],
    ['padded', `${good}==`],
    ['padded inside', `${header}=.${claims}.${signature}`],
    ['padded and escaped', `${good}%3D`],
    ['with unused bits set', lastFlipped],
    ['with a space inside', `${header}. ${claims}.${signature}`],
    ['with a tab inside', `${header}.${claims}\t.${signature}`],
    ['with a trailing line break', `${good}\n`],
    ['in the alphabet of base64', `${header}.${claims}.${signature.slice(0, -2)}+/`],
    ['of a megabyte', token(ec, { pad: 'x'.repeat(1_000_000) })],
    ['above 16 KiB', token(ec, { pad: 'x'.repeat(12_300) })],
  ])('refuses a token %s', async (_, text) => {
    const startedAt = performance.now()
    expect(await codeOf(text)).toBe(malformed)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })

  it('refuses a JWE', async () => {
    const key = await importJWK({ ...ec.jwk, alg: 'ECDH-ES' })
    const jwe = await new CompactEncrypt(Buffer.from(good))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
      .encrypt(key)
    expect(await codeOf(jwe)).toBe(malformed)
  })

  const text = JSON.stringify(goodClaims())
  it.each([
    ['a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ['invalid UTF-8', Buffer.from(text.replace('svc-a', 'svc-\u00ff'), 'latin1')],
    [
      'an encoded surrogate',
      Buffer.concat([
        Buffer.from(`${text.slice(0, -1)},"x":"`),
        Buffer.from([0xed, 0xa0, 0x80]),
        Buffer.from('"}'),
      ]),
    ],
    ['an escaped lone surrogate', Buffer.from(text.replace('svc-a', '\\ud800'))],
    ['5,000 nested arrays', Buffer.from(text.replace('"svc-a"', '['.repeat(5000) + ']'.repeat(5000)))],
    ['an array', Buffer.from(`[${text}]`)],
    ['a string', Buffer.from(JSON.stringify(text))],
  ])('refuses claims that are %s', async (_, bytes) => {
    expect(await codeOf(forge(ec, { alg: 'ES256', kid: 'ec' }, bytes))).toBe(malformed)
  })

  it('refuses a header of 5,000 nested arrays', async () => {
    const deep = `{"alg":"ES256","x":${'['.repeat(5000)}${']'.repeat(5000)}}`
    expect(await codeOf(forge(ec, deep, goodClaims()))).toBe(malformed)
  })
})

describe('a token used again', () => {
  it('is known at once, until the second it expires', async () => {
    const place = world()
    const verifier = place.verifier()
    const text = token(ec, { exp: start + 300 })
    const first = await Promise.all(Array.from({ length: 1000 }, () => verifier.verify(text)))
    expect(new Set(first).size).toBe(1)
    expect(verifier.verify(text)).toBe(first[0])
    place.clock.advance(329)
    expect(verifier.verify(text)).toBe(first[0])
    place.clock.advance(1)
    for (let i = 0; i < 1000; i++)
      expect(() => verifier.verify(text)).toThrow(expect.objectContaining({ code: 'identity.expired' }))
  })

  it('is judged by nbf again when the clock is set back', async () => {
    const place = world()
    const verifier = place.verifier()
    const text = token(ec, { nbf: start })
    await verifier.verify(text)
    place.clock.advance(-31)
    expect(() => verifier.verify(text)).toThrow(expect.objectContaining({ code: refused }))
  })

  it('is not mistaken for a respelling of itself', async () => {
    const verifier = world().verifier()
    const text = token(ec)
    await verifier.verify(text)
    expect((await faultOf(() => verifier.verify(`${text}=`))).code).toBe(malformed)
  })

  it('is not remembered when it was refused', async () => {
    const place = world()
    const verifier = place.verifier()
    const text = token(ec, { nbf: start + 60 })
    expect((await faultOf(() => verifier.verify(text))).code).toBe(refused)
    place.clock.advance(60)
    expect(await verifier.verify(text)).toBeDefined()
  })

  it('is remembered within bounds', async () => {
    const place = world()
    const verifier = createTokenVerifier({
      audience,
      issuers: [place.issuer()],
      clock: place.clock,
      rememberTokens: 2,
    })
    const tokens = ['a', 'b', 'c', 'd', 'e'].map((sub) => token(ec, { sub }))
    for (const text of tokens) await verifier.verify(text)
    const known = tokens.map((text) => !(verifier.verify(text) instanceof Promise))
    expect(known).toEqual([false, false, true, true, true])
  })

  it('takes the room of several when it is long', async () => {
    const place = world()
    const verifier = createTokenVerifier({
      audience,
      issuers: [place.issuer()],
      clock: place.clock,
      rememberTokens: 20,
    })
    const others = Array.from({ length: 300 }, (_, at) => `https://audience.test/${at}`)
    const tokens = ['a', 'b', 'c', 'd', 'e'].map((sub) => token(ec, { sub, aud: [audience, ...others] }))
    for (const text of tokens) await verifier.verify(text)
    const known = tokens.map((text) => !(verifier.verify(text) instanceof Promise))
    expect(known).toEqual([false, false, true, true, true])
  })

  it('is refused as expired when it expired while keys were waited for', async () => {
    const place = world()
    const verifier = place.verifier()
    const { promise, resolve } = Promise.withResolvers<Response>()
    place.network.answers.set(jwksUrl, () => promise)
    const attempt = faultOf(() => verifier.verify(token(ec, { exp: start + 1 })))
    place.clock.advance(60)
    resolve(new Response(JSON.stringify({ keys: [ec.jwk] })))
    expect((await attempt).code).toBe('identity.expired')
  })
})

describe('createTokenVerifier', () => {
  it('refuses an empty audience and two issuers under one name', () => {
    const place = world()
    const options = { clock: place.clock, issuers: [place.issuer(), place.issuer({ name: 'twin' })] }
    expect(() => createTokenVerifier({ ...options, audience })).toThrow(TypeError)
    expect(() => createTokenVerifier({ clock: place.clock, issuers: [], audience: '' })).toThrow(TypeError)
  })
})
