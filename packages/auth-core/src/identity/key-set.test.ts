import { createPrivateKey, generatePrimeSync, type KeyObject, sign } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  ecKey,
  forge,
  forgeWith,
  goodClaims,
  issuerUrl,
  jwksUrl,
  rsaKey,
  type SigningKey,
  token,
  World,
} from '../../test/issuer-fixture.ts'
import { Fault, type FaultCode } from '../fault.ts'
import type { KeySource } from './key-source.ts'
import type { TokenVerifier } from './verify-token.ts'

const a = ecKey('a')
const b = ecKey('b')
const unavailable = 'identity.keys-unavailable'
const refused = 'identity.refused'

/** `ok`, or the code of the fault. */
async function outcome(verifier: TokenVerifier, text: string): Promise<'ok' | FaultCode> {
  try {
    await verifier.verify(text)
    return 'ok'
  } catch (error) {
    if (error instanceof Fault) return error.code
    throw error
  }
}

/** Waits for the refresh in the background that the tokens before have started. */
async function refreshed(verifier: TokenVerifier): Promise<void> {
  while (verifier.issuers[0]?.keys.ageMs() !== 0) await turn()
}

/** One turn of the event loop: enough for every promise that waits for nothing else. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function signed(key: SigningKey, kid?: string): string {
  return forge(
    key,
    { alg: 'ES256', ...(kid === undefined ? {} : { kid }) },
    goodClaims({ jti: Math.random() }),
  )
}

const unknownKid = () => signed(a, `random-${Math.random()}`)

describe('a key set in use', () => {
  it('is used on while its issuer takes for ever to answer: nobody waits for what was asked in time', async () => {
    const world = new World()
    world.network.publish(a)
    const verifier = world.verifier(world.issuer({ freshKeysForSeconds: 10 }))
    const known = token(a)
    expect(await outcome(verifier, known)).toBe('ok')
    world.network.answers.set(jwksUrl, () => new Promise(() => undefined))
    world.clock.advance(11)
    expect(await outcome(verifier, known)).toBe('ok')
    world.clock.advance(30)
    expect(await Promise.race([outcome(verifier, known), turn().then(() => 'waits')])).toBe('ok')
  })

  it('is asked for once by any number of callers, and not again while fresh', async () => {
    const world = new World()
    world.network.publish(a)
    const verifier = world.verifier()
    await Promise.all(Array.from({ length: 100 }, () => verifier.verify(signed(a, 'a'))))
    world.clock.advance(599)
    await verifier.verify(signed(a, 'a'))
    expect(world.network.asked).toEqual([jwksUrl])
  })

  it('is refreshed in the background by a remembered token, which does not wait', async () => {
    const world = new World()
    world.network.publish(a)
    const issuer = world.issuer()
    const verifier = world.verifier(issuer)
    const text = token(a)
    await verifier.verify(text)
    world.clock.advance(600)
    expect(verifier.verify(text)).not.toBeInstanceOf(Promise)
    expect(verifier.verify(text)).not.toBeInstanceOf(Promise)
    await refreshed(verifier)
    expect(world.network.asked).toHaveLength(2)
    expect(issuer.keys.ageMs()).toBe(0)
  })

  it('gives its age and whether it can be used', async () => {
    const world = new World()
    world.network.publish(a)
    const { keys } = world.issuer()
    expect([keys.ageMs(), keys.isUsable(), keys.failure()]).toEqual([undefined, false, undefined])
    await keys.current()
    world.clock.advance(7)
    expect([keys.ageMs(), keys.isUsable(), keys.failure()]).toEqual([7000, true, undefined])
  })

  it('is waited for when nobody needed it for long, so that a removed key does not verify', async () => {
    const world = new World()
    world.network.publish(a)
    const verifier = world.verifier()
    const text = token(a)
    await verifier.verify(text)
    world.network.publish(b)
    world.clock.advance(1200)
    expect(await outcome(verifier, text)).toBe(refused)
  })
})

describe('rotation', () => {
  it('lets the first token with a new key pass', async () => {
    const world = new World()
    world.network.publish(a)
    const verifier = world.verifier()
    await verifier.verify(signed(a, 'a'))
    world.network.publish(a, b)
    expect(await outcome(verifier, signed(b, 'b'))).toBe('ok')
    expect(await outcome(verifier, signed(a, 'a'))).toBe('ok')
  })

  it.each([
    ['without kid', undefined],
    ['under the same kid', 'a'],
  ])('is noticed %s', async (_, kid) => {
    const world = new World()
    world.network.publish(a)
    const verifier = world.verifier()
    expect(await outcome(verifier, signed(a, kid))).toBe('ok')
    world.network.publish({ ...b, jwk: { ...b.jwk, kid: 'a' } })
    expect(await outcome(verifier, signed(b, kid))).toBe('ok')
  })

  it.each([
    ['the key left', { ...b.jwk }],
    ['its kid changed', { ...a.jwk, kid: 'other' }],
    ['it is no longer for signatures', { ...a.jwk, use: 'enc' }],
    ['it is now for another algorithm', { ...a.jwk, alg: 'ES384' }],
  ])('ends a remembered token when %s', async (_, jwk) => {
    const world = new World()
    world.network.publish(a)
    const verifier = world.verifier()
    const text = token(a)
    await verifier.verify(text)
    world.network.serve(jwksUrl, { keys: [jwk] })
    world.clock.advance(600)
    expect(await outcome(verifier, text)).toBe('ok') // and starts the refresh
    await refreshed(verifier)
    expect(await outcome(verifier, text)).toBe(refused)
  })

  it('to an empty set refuses everything', async () => {
    const world = new World()
    world.network.publish()
    expect(await outcome(world.verifier(), token(a))).toBe(refused)
  })
})

describe('random key ids', () => {
  it('cause one request per cooldown and do not disturb good tokens', async () => {
    const world = new World()
    world.network.publish(a)
    const verifier = world.verifier()
    const good = token(a)
    await verifier.verify(good)
    for (const seconds of [0, 29]) {
      world.clock.advance(seconds)
      const attempts = Array.from({ length: 200 }, () => outcome(verifier, unknownKid()))
      expect(verifier.verify(good)).not.toBeInstanceOf(Promise)
      expect(await outcome(verifier, signed(a, 'a'))).toBe('ok')
      expect(new Set(await Promise.all(attempts))).toEqual(new Set([refused]))
      expect(world.network.asked).toHaveLength(2)
    }
    world.clock.advance(1)
    await Promise.all(Array.from({ length: 200 }, () => outcome(verifier, unknownKid())))
    expect(world.network.asked).toHaveLength(3)
  })

  it('cause one request when nothing is known yet', async () => {
    const world = new World()
    world.network.publish(a)
    const verifier = world.verifier()
    await Promise.all(Array.from({ length: 200 }, () => outcome(verifier, unknownKid())))
    expect(world.network.asked).toHaveLength(1)
  })
})

describe('an outage of the issuer', () => {
  const failures: [string, () => Response | Promise<Response>][] = [
    ['status 500', () => new Response('{"keys":[]}', { status: 500 })],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: 'http://169.254.169.254/' } }),
    ],
    ['a reset', () => Promise.reject(new TypeError('ECONNRESET'))],
    ['a break in the middle', () => new Response(broken())],
    ['HTML', () => new Response('<html>')],
    ['nothing', () => new Response('')],
    ['an object without keys', () => new Response('{}')],
    ['keys that are no array', () => new Response('{"keys":{}}')],
    ['members said twice', () => new Response('{"keys":[],"keys":[]}')],
    ['invalid UTF-8', () => new Response(Buffer.from([0x7b, 0xff, 0x7d]))],
    ['101 keys', () => new Response(JSON.stringify({ keys: Array.from({ length: 101 }, () => a.jwk) }))],
    ['a megabyte and more', () => new Response(' '.repeat(2 ** 20) + JSON.stringify({ keys: [a.jwk] }))],
  ]

  it.each(failures)('by %s is 503 of the issuer, and asked about once per interval', async (_, answer) => {
    const world = new World()
    world.network.answers.set(jwksUrl, answer)
    const verifier = world.verifier()
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => outcome(verifier, signed(a, 'a'))))
    for (let i = 0; i < 50; i++) outcomes.push(await outcome(verifier, signed(a, 'a')))
    expect(new Set(outcomes)).toEqual(new Set([unavailable]))
    expect(world.network.asked).toEqual([jwksUrl])
    const failure = verifier.issuers[0]?.keys.failure()
    expect(failure).toMatchObject({ owner: 'issuer', retryAfterSeconds: 1 })
    expect(failure?.detail).toMatch(/^[ -~]+$/)
    world.network.publish(a)
    world.clock.advance(1)
    expect(await outcome(verifier, signed(a, 'a'))).toBe('ok')
    expect(verifier.issuers[0]?.keys.failure()).toBeUndefined()
  })

  it('is none when this process has no descriptor left to ask it with', async () => {
    const world = new World()
    world.network.answers.set(jwksUrl, () => Promise.reject(shortage()))
    const verifier = world.verifier()
    expect(await outcome(verifier, token(a))).toBe('gateway.exhausted')
    expect(verifier.issuers[0]?.keys.failure()).toMatchObject({ owner: 'operator', retryAfterSeconds: 1 })
    world.network.answers.clear()
    world.clock.advance(1)
    expect(await outcome(verifier, token(a))).toBe(unavailable)
  })

  it('does not begin with a shortage of descriptors: a second after its end callers are served', async () => {
    const world = new World()
    world.network.answers.set(jwksUrl, () => Promise.reject(shortage()))
    const verifier = world.verifier()
    for (let second = 1; second <= 60; second++) {
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(verifier, token(a))))
      expect(new Set(outcomes)).toEqual(new Set(['gateway.exhausted']))
      expect(await outcome(verifier, token(a))).toBe('gateway.exhausted')
      expect(world.network.asked).toHaveLength(second)
      world.clock.advance(1)
    }
    world.network.publish(a)
    expect(await outcome(verifier, token(a))).toBe('ok')
  })

  it('nor is a new key searched for later because of one, in which nobody was asked', async () => {
    const world = new World()
    world.network.publish(a)
    const verifier = world.verifier()
    await verifier.verify(token(a))
    world.network.answers.set(jwksUrl, () => Promise.reject(shortage()))
    for (const seconds of [0, 1, 1]) {
      world.clock.advance(seconds)
      expect(await outcome(verifier, signed(b, 'b'))).toBe('gateway.exhausted')
      expect(await outcome(verifier, unknownKid())).toBe('gateway.exhausted')
    }
    expect(world.network.asked).toHaveLength(4)
    world.network.publish(a, b)
    world.clock.advance(1)
    expect(await outcome(verifier, signed(b, 'b'))).toBe('ok')
  })

  it('is as long after a shortage of descriptors as before', async () => {
    const world = new World()
    const verifier = world.verifier()
    const waits: unknown[] = []
    for (const isShort of [false, false, true, true, false]) {
      if (isShort) world.network.answers.set(jwksUrl, () => Promise.reject(shortage()))
      else world.network.answers.clear()
      await outcome(verifier, token(a))
      const wait = verifier.issuers[0]?.keys.failure()?.retryAfterSeconds ?? 0
      waits.push(wait)
      world.clock.advance(wait)
    }
    expect(waits).toEqual([1, 2, 1, 1, 4])
  })

  it('stops reading an endless answer at the limit', async () => {
    const world = new World()
    let pulled = 0
    const chunk = new Uint8Array(64 * 1024).fill(0x20)
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1
        controller.enqueue(chunk)
      },
    })
    world.network.answers.set(jwksUrl, () => new Response(endless))
    expect(await outcome(world.verifier(), token(a))).toBe(unavailable)
    expect(pulled).toBeLessThan(25)
  })

  it('is asked about after 1, 2, 4, 8, 16 and then every 30 seconds', async () => {
    const world = new World()
    const verifier = world.verifier()
    const askedAt: number[] = []
    for (let second = 0; second <= 100; second++) {
      const before = world.network.asked.length
      await outcome(verifier, signed(a, 'a'))
      if (world.network.asked.length > before) askedAt.push(second)
      world.clock.advance(1)
    }
    expect(askedAt).toEqual([0, 1, 3, 7, 15, 31, 61, 91])
  })

  it('is ridden out for an hour after freshness by known and new tokens, then nothing verifies', async () => {
    const world = new World()
    world.network.publish(a)
    const verifier = world.verifier(world.issuer({ maxLifetimeSeconds: 10_000 }))
    const text = token(a, { exp: 1_800_009_000 })
    await verifier.verify(text)
    world.network.answers.clear()
    for (let second = 0; second < 4200; second += 60) {
      expect(await outcome(verifier, text)).toBe('ok')
      expect(await outcome(verifier, token(a, { exp: 1_800_009_000, jti: second }))).toBe('ok')
      world.clock.advance(60)
      await turn()
    }
    expect(world.network.asked.length).toBeGreaterThan(50)
    expect(await outcome(verifier, text)).toBe(unavailable)
    expect(verifier.issuers[0]?.keys.isUsable()).toBe(false)
    world.network.publish(a)
    world.clock.advance(30)
    expect(await outcome(verifier, text)).toBe('ok')
  })

  it('is not asked about more often by tokens that are known, new, or signed with unknown keys', async () => {
    const world = new World()
    world.network.publish(a)
    const verifier = world.verifier()
    const text = token(a)
    await verifier.verify(text)
    world.network.answers.clear()
    world.clock.advance(600)
    for (let i = 0; i < 20; i++) {
      expect(await outcome(verifier, text)).toBe('ok')
      await turn()
      expect(await outcome(verifier, signed(a, 'a'))).toBe('ok')
      expect(await outcome(verifier, unknownKid())).toBe(unavailable)
    }
    expect(world.network.asked).toHaveLength(2)
  })

  it('does not slow callers down whose keys are known, even when the issuer does not answer at all', async () => {
    const world = new World()
    world.network.publish(a)
    const verifier = world.verifier()
    await verifier.verify(token(a))
    world.network.answers.set(jwksUrl, () => new Promise(() => {}))
    world.clock.advance(600)
    expect(await outcome(verifier, signed(a, 'a'))).toBe('ok')
    world.clock.advance(300)
    expect(await outcome(verifier, signed(a, 'a'))).toBe('ok')
    expect(world.network.asked).toHaveLength(2)
  })

  it('makes an unknown key 503, for it may be a new one, and a forged signature 401', async () => {
    const world = new World()
    world.network.publish(a)
    const verifier = world.verifier()
    await verifier.verify(token(a))
    world.network.answers.clear()
    expect(await outcome(verifier, signed(b, 'b'))).toBe(unavailable)
    expect(await outcome(verifier, signed(b, 'a'))).toBe(refused)
    expect(world.network.asked).toHaveLength(2)
  })

  it('of one issuer leaves the others alone', async () => {
    const world = new World()
    world.network.publish(a)
    const dead = world.issuer({
      name: 'dead',
      issuer: 'https://dead.test',
      keys: { kind: 'url', url: 'https://dead.test/' },
    })
    const verifier = world.verifier(world.issuer(), dead)
    expect(await outcome(verifier, token(a, { iss: 'https://dead.test' }))).toBe(unavailable)
    expect(await outcome(verifier, token(a))).toBe('ok')
  })

  it('is not made longer by a clock that is set back', async () => {
    const world = new World()
    const verifier = world.verifier()
    expect(await outcome(verifier, token(a))).toBe(unavailable)
    world.clock.advance(-20)
    world.network.publish(a)
    expect(await outcome(verifier, token(a))).toBe('ok')
  })
})

describe('entries of a key set', () => {
  const rsa = rsaKey('rsa')
  // By hand, for jose does not sign with keys that are too short.
  function rs256(privateKey: KeyObject, kid: string): string {
    return forgeWith({ alg: 'RS256', kid }, goodClaims(), (input) =>
      sign('sha256', Buffer.from(input), privateKey),
    )
  }

  it('that share a kid are all tried, and none stands in the way of another', async () => {
    const world = new World()
    const same = (key: SigningKey) => ({ ...key.jwk, kid: 'same' })
    world.network.serve(jwksUrl, {
      keys: [same(rsa), { kty: 'oct', k: 'AA', kid: 'same' }, same(a), same(b)],
    })
    const verifier = world.verifier()
    expect(await outcome(verifier, signed(a, 'same'))).toBe('ok')
    expect(await outcome(verifier, signed(b, 'same'))).toBe('ok')
    expect(await outcome(verifier, rs256(rsa.privateKey, 'same'))).toBe('ok')
  })

  it('are all tried for a token without kid, eight at most', async () => {
    const world = new World()
    const keys = Array.from({ length: 9 }, (_, i) => ecKey(`${i}`))
    world.network.publish(rsa, ...keys)
    const verifier = world.verifier()
    const outcomes = await Promise.all(keys.map((key) => outcome(verifier, signed(key))))
    expect(outcomes).toEqual([...Array.from({ length: 8 }, () => 'ok'), refused])
  })

  it.each<[string, object]>([
    ['use enc', { use: 'enc' }],
    ['use null', { use: null }],
    ['key_ops without verify', { key_ops: ['encrypt'] }],
    ['key_ops that is no list', { key_ops: 'verify' }],
    ['another alg', { alg: 'RS256' }],
    ['a kid that is a number', { kid: 1 }],
    ['a point off the curve', { y: a.jwk.x }],
    ['no point', { x: undefined }],
    ['an unknown type', { kty: 'AKP' }],
    ['the private half', { d: 'AAAA' }],
  ])('with %s are left out, and the others are used', async (_, change) => {
    const world = new World()
    world.network.serve(jwksUrl, { keys: [{ ...a.jwk, ...change }, b.jwk, null, 1] })
    const verifier = world.verifier()
    expect(await outcome(verifier, signed(a, 'a'))).toBe(refused)
    expect(await outcome(verifier, signed(a))).toBe(refused)
    expect(await outcome(verifier, signed(b, 'b'))).toBe('ok')
  })

  it('with use sig, key_ops verify and their alg are used', async () => {
    const world = new World()
    world.network.serve(jwksUrl, {
      keys: [{ ...a.jwk, use: 'sig', key_ops: ['verify'], alg: 'ES256', x5t: 'x' }],
    })
    expect(await outcome(world.verifier(), token(a))).toBe('ok')
  })

  it('that are RSA keys too short, too long, or with exponent 1 are left out', async () => {
    const world = new World()
    const short = rsaKey('short', { bits: 2040 })
    const long = rsaKey('long', { bits: 4104 })
    const one = { ...rsa.jwk, e: 'AQ', kid: 'one' }
    world.network.serve(jwksUrl, { keys: [short.jwk, long.jwk, one, rsa.jwk] })
    const verifier = world.verifier()
    expect(await outcome(verifier, rs256(short.privateKey, 'short'))).toBe(refused)
    expect(await outcome(verifier, rs256(long.privateKey, 'long'))).toBe(refused)
    expect(await outcome(verifier, rs256(rsa.privateKey, 'one'))).toBe(refused)
    expect(await outcome(verifier, rs256(rsa.privateKey, 'rsa'))).toBe('ok')
    const ring = await verifier.issuers[0]?.keys.current()
    expect(ring?.ignored.join()).toMatch(/2040 bits.*4104 bits.*exponent/)
  })

  it('that are RSA keys of the ROCA family are left out', async () => {
    const world = new World()
    const weak = rocaKey()
    world.network.serve(jwksUrl, { keys: [{ kty: 'RSA', n: weak.n, e: weak.e, kid: 'roca' }, rsa.jwk] })
    const verifier = world.verifier()
    expect(await outcome(verifier, rs256(createPrivateKey({ key: weak, format: 'jwk' }), 'roca'))).toBe(
      refused,
    )
    expect(await outcome(verifier, rs256(rsa.privateKey, 'rsa'))).toBe('ok')
  })

  it('made by another library are used', async () => {
    const world = new World()
    const { publicKey, privateKey } = await generateKeyPair('PS256')
    world.network.serve(jwksUrl, { keys: [await exportJWK(publicKey)] })
    const text = await new SignJWT(goodClaims()).setProtectedHeader({ alg: 'PS256' }).sign(privateKey)
    expect(await outcome(world.verifier(), text)).toBe('ok')
  })
})

describe('discovery', () => {
  const documentUrl = `${issuerUrl}/.well-known/openid-configuration`
  const keys: KeySource = { kind: 'discovery', issuer: issuerUrl }

  function discovered(document: unknown): World {
    const world = new World()
    world.network.publish(a)
    world.network.serve(documentUrl, document)
    return world
  }

  it('finds the key set of the issuer', async () => {
    const world = discovered({ issuer: issuerUrl, jwks_uri: jwksUrl })
    expect(await outcome(world.verifier(world.issuer({ keys })), token(a))).toBe('ok')
    expect(world.network.asked).toEqual([documentUrl, jwksUrl])
  })

  it.each([
    ['https://issuer.test/tenant', 'https://issuer.test/tenant/.well-known/openid-configuration'],
    ['https://issuer.test/tenant/', 'https://issuer.test/tenant/.well-known/openid-configuration'],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000/.well-known/openid-configuration'],
  ])('of %s asks %s', async (issuer, url) => {
    const world = new World()
    const jwks = new URL('/jwks', issuer).href
    world.network.serve(url, { issuer, jwks_uri: jwks })
    world.network.serve(jwks, { keys: [a.jwk] })
    const verifier = world.verifier(world.issuer({ issuer, keys: { kind: 'discovery', issuer } }))
    expect(await outcome(verifier, token(a, { iss: issuer }))).toBe('ok')
  })

  it.each([
    ['another issuer', { issuer: 'https://evil.test', jwks_uri: jwksUrl }],
    ['the issuer with a slash', { issuer: `${issuerUrl}/`, jwks_uri: jwksUrl }],
    ['no issuer', { jwks_uri: jwksUrl }],
    ['no jwks_uri', { issuer: issuerUrl }],
    ['a jwks_uri that is a list', { issuer: issuerUrl, jwks_uri: [jwksUrl] }],
    ['another host', { issuer: issuerUrl, jwks_uri: 'https://evil.test/jwks' }],
    ['another port', { issuer: issuerUrl, jwks_uri: 'https://issuer.test:444/jwks' }],
    ['plain http', { issuer: issuerUrl, jwks_uri: 'http://issuer.test/jwks' }],
    ['a file', { issuer: issuerUrl, jwks_uri: 'file:///etc/passwd' }],
    ['user information', { issuer: issuerUrl, jwks_uri: 'https://issuer.test@evil.test/jwks' }],
    ['loopback', { issuer: issuerUrl, jwks_uri: 'http://127.0.0.1/jwks' }],
    ['a relative address', { issuer: issuerUrl, jwks_uri: '/jwks' }],
  ])('that names %s makes this issuer unusable, and the key set is not asked for', async (_, document) => {
    const world = discovered(document)
    expect(await outcome(world.verifier(world.issuer({ keys })), token(a))).toBe(unavailable)
    expect(world.network.asked).toEqual([documentUrl])
  })

  it('does not follow a redirect', async () => {
    const world = discovered('')
    world.network.answers.set(documentUrl, () => Response.redirect('https://evil.test/'))
    expect(await outcome(world.verifier(world.issuer({ keys })), token(a))).toBe(unavailable)
    expect(world.network.asked).toEqual([documentUrl])
  })
})

describe('the address of a key set', () => {
  it.each([
    'http://issuer.test/jwks',
    'file:///jwks',
    'ftp://127.0.0.1/',
    'jwks',
    'https://u:p@issuer.test/',
    'https://u@issuer.test/',
    'https://issuer.test/#x',
    'http://127.0.0.1.evil.test/',
    'http://localhost.evil.test/',
    'http://[::2]/',
  ])('may not be %s', (url) => {
    expect(() => new World().issuer({ keys: { kind: 'url', url } })).toThrow(TypeError)
  })

  it.each(['http://localhost:1/', 'http://127.8.9.1/', 'http://[::1]:1/', 'https://issuer.test/jwks?v=1'])(
    'may be %s',
    (url) => {
      expect(new World().issuer({ keys: { kind: 'url', url } })).toBeDefined()
    },
  )
})

describe('a key set given as text', () => {
  it('is read again when it is 10 seconds old, and for a new key at once', async () => {
    const world = new World()
    let text = JSON.stringify({ keys: [a.jwk] })
    let reads = 0
    const read = async () => {
      reads += 1
      return text
    }
    const verifier = world.verifier(world.issuer({ keys: { kind: 'given', read } }))
    const remembered = token(a)
    await verifier.verify(remembered)
    world.clock.advance(9)
    await verifier.verify(remembered)
    expect(reads).toBe(1)
    text = JSON.stringify({ keys: [b.jwk] })
    expect(await outcome(verifier, token(b))).toBe('ok')
    expect(reads).toBe(2)
    expect(await outcome(verifier, remembered)).toBe(refused)
    text = JSON.stringify({ keys: [a.jwk] })
    world.clock.advance(10)
    await outcome(verifier, token(b))
    await refreshed(verifier)
    expect(await outcome(verifier, remembered)).toBe('ok')
    expect(world.network.asked).toEqual([])
  })
})

/** What `fetch` says when the process can open no socket. */
function shortage(): Error {
  const cause = Object.assign(new Error('connect EMFILE'), { code: 'EMFILE' })
  return new TypeError('fetch failed', { cause })
}

function broken(): ReadableStream {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from('{"keys":['))
    },
    pull(controller) {
      controller.error(new TypeError('terminated'))
    },
  })
}

/** A key pair as the faulty library made them: its primes are powers of 65537 modulo a product of primes. */
function rocaKey(): JWK & { n: string; e: string } {
  let product = 2n
  for (let n = 3n; n <= 167n; n += 2n) if (product % n !== 0n && isPrime(n)) product *= n
  const prime = (power: bigint) =>
    generatePrimeSync(1030, { add: product, rem: modPow(65537n, power, product), bigint: true })
  const [p, q] = [prime(12_345n), prime(67_890n)]
  const e = 65537n
  const d = inverse(e, (p - 1n) * (q - 1n))
  const members = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  const encoded = Object.entries(members).map(([name, value]) => [name, base64url(value)])
  return { kty: 'RSA', n: base64url(members.n), e: base64url(e), ...Object.fromEntries(encoded) }
}

function isPrime(n: bigint): boolean {
  for (let i = 3n; i * i <= n; i += 2n) if (n % i === 0n) return false
  return true
}

function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let i = 0n; i < exponent; i++) result = (result * base) % modulus
  return result
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n]
  while (b !== 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y]
  return ((x % modulus) + modulus) % modulus
}

function base64url(value: bigint): string {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url')
}
