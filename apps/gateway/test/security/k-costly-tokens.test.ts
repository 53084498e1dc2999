import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import {
  createSigningKey,
  forgeToken,
  hangs,
  type RawResponse,
  startTestIssuer,
  type TestIssuer,
} from '@countersign/testkit'
import type { JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beginCase } from '../support/global-checks.ts'
import { bare, request } from '../support/request.ts'
import { openStage, type Stage } from '../support/stage.ts'
import { claimsOf, ecdsa, headerOf, signedAsIs } from '../support/token-table.ts'

/** What a key set may hold that is costly, or worthless. */
let heavy: TestIssuer
let stage: Stage
beforeAll(async () => {
  heavy = await startTestIssuer({ algorithms: ['ES256'] })
  stage = await stageWith(heavy)
})
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]()
  await heavy?.close()
})

/** The usual stage, and one more issuer whose callers are known. */
function stageWith({ issuer, jwksUri }: TestIssuer): Promise<Stage> {
  return openStage({
    adapt({ issuers, services }) {
      const { identities } = services['svc-a'] as { identities: object[] }
      issuers.other = { kind: 'jwt', issuer, jwks: jwksUri, fresh_for: '1s' }
      identities.push({ issuer: 'other', subject: 'svc-a' })
    },
  })
}

const pad = 'x'.repeat(10_800)
const many = Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`claim-${at}`, at]))
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const noise = (bytes: number) => () => randomBytes(bytes)

/** Up to 15 KB each, and each of them another one: nothing can be remembered. */
const costly: Readonly<Record<string, (stage: Stage) => string>> = {
  'RS256, 15 KB, a bad signature': (stage) => {
    const header = headerOf(stage, { alg: 'RS256', kid: stage.issuer.key('RS256').kid })
    return forgeToken({ header, payload: claimsOf(stage, { pad }), sign: noise(256) })
  },
  'ES256, 15 KB, a bad signature': (stage) =>
    forgeToken({ header: headerOf(stage), payload: claimsOf(stage, { pad }), sign: noise(64) }),
  'ES256, no kid: every key is tried': (stage) =>
    forgeToken({ header: headerOf(stage, { kid: undefined }), payload: claimsOf(stage), sign: noise(64) }),
  'a kid that nobody has': (stage) => {
    const header = headerOf(stage, { kid: crypto.randomUUID() })
    return forgeToken({ header, payload: claimsOf(stage), sign: noise(64) })
  },
  'a signature of 10 KB': (stage) =>
    forgeToken({ header: headerOf(stage), payload: claimsOf(stage), sign: noise(10_000) }),
  'six hundred claims': (stage) =>
    forgeToken({ header: headerOf(stage), payload: claimsOf(stage, many), sign: noise(64) }),
  'a claim nested 5,000 deep': (stage) => {
    const claims = JSON.stringify(claimsOf(stage)).replace('}', `,"x":${nested(5000)}}`)
    return signedAsIs(stage, headerOf(stage), claims)
  },
  'text that is all escapes': (stage) => {
    const claims = JSON.stringify(claimsOf(stage)).replace('}', `,"x":"${'\\u0041'.repeat(1700)}"}`)
    return forgeToken({ header: headerOf(stage), payload: claims, sign: noise(64) })
  },
  'a header that is long': (stage) =>
    forgeToken({ header: headerOf(stage, { x5c: [pad] }), payload: claimsOf(stage), sign: noise(64) }),
  '10,000 dots': () => '.'.repeat(10_000),
}

/** As one connection sends it. */
function bytesOf(tokens: readonly string[]): string {
  return tokens.map((token) => bare('GET /u1/public/x', `Authorization: Bearer ${token}`)).join('')
}

async function sendAll(tokens: readonly string[], to = stage): Promise<readonly RawResponse[]> {
  const methods = Array<string>(tokens.length).fill('GET')
  return (await to.caller.send(bytesOf(tokens), { methods })).responses
}

/** Time on a processor, which other work on the machine does not lengthen by much. */
async function cpuSeconds(): Promise<number> {
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(await stage.metrics())?.[1])
}

async function residentMebibytes(): Promise<number> {
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(await stage.metrics())?.[1]) / 1024 / 1024
}

describe('K111 what a token costs', () => {
  it.each(Object.keys(costly))('K111 A16 A20 %s: refused for less than 50 ms', async (name) => {
    const check = await beginCase(stage)
    const tokens = Array.from({ length: 100 }, () => costly[name]?.(stage) ?? '')
    const before = await cpuSeconds()
    const responses = await sendAll(tokens)
    expect(responses.map(({ status }) => status)).toEqual(Array(100).fill(401))
    expect(((await cpuSeconds()) - before) / tokens.length).toBeLessThan(0.05)
    await check({ responses, authorised: 0 })
  })
})

describe('K111 a flood of such tokens', () => {
  it('K111 does not starve good calls, asks for keys once in an interval, and leaves no memory behind', async () => {
    const check = await beginCase(stage)
    const batches = Object.values(costly).map((make) => Array.from({ length: 20 }, () => make(stage)))
    const good = request('GET /u1/public/x')
    const before = await residentMebibytes()
    stage.issuer.jwks.forget()
    const begun = performance.now()
    let over = false
    async function flood(tokens: readonly string[]): Promise<readonly RawResponse[]> {
      const seen: RawResponse[] = []
      while (!over) seen.push(...(await sendAll(tokens)))
      return seen
    }
    // It has no end of its own: it is the good calls that must come to theirs.
    const floods = batches.map(flood)
    const served: RawResponse[] = []
    for (let n = 0; n < 50; n++) {
      served.push(...(await stage.caller.send(good)).responses)
    }
    over = true
    const refused = (await Promise.all(floods)).flat()
    expect(served.map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(refused.length).toBeGreaterThanOrEqual(batches.length * 20)
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([401]))
    const intervals = (performance.now() - begun) / 30_000
    expect(stage.issuer.jwks.count).toBeLessThanOrEqual(1 + intervals)
    expect((await residentMebibytes()) - before).toBeLessThan(300)
    await check({ responses: [...served, ...refused], authorised: 50 })
  })

  it('K111 for an issuer whose key set does not come: callers of other issuers do not wait for it', async () => {
    const silent = await startTestIssuer({ algorithms: ['ES256'] })
    silent.jwks.always(hangs())
    // A gateway asks for the key set when it starts: with one of its own, nobody has waited for it in vain before.
    const begun = performance.now()
    await using own = await stageWith(silent)
    const check = await beginCase(own)
    const tokens = await Promise.all(
      Array.from({ length: 100 }, (_, n) => silent.sign({ jti: String(n), aud: own.issuer.audience })),
    )
    let waiting = tokens.length
    const waiters = tokens.map(async (token) => {
      const responses = await sendAll([own.caller.remember(token)], own)
      waiting -= 1
      return responses
    })
    await expect.poll(() => silent.jwks.count).toBeGreaterThan(0)
    const served = (await own.caller.send(request('GET /u1/public/x'))).responses
    expect(served.map(({ status }) => status)).toEqual([200])
    // They wait for as long as a key set may take, which is ten seconds.
    if (performance.now() - begun < 9000) expect(waiting).toBe(tokens.length)
    const refused = (await Promise.all(waiters)).flat()
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]))
    expect(silent.jwks.count, 'not once for each of them').toBeLessThan(5)
    await check({ responses: [...served, ...refused], authorised: 1 })
    await silent.close()
  })
})

/** Publishes these keys beside the issuer's own, and waits until they are known: its last key verifies. */
async function publish(keys: readonly object[]): Promise<void> {
  const last = await createSigningKey()
  heavy.published = [...(keys as JWK[]), last.publicJwk]
  const token = await heavy.sign({ aud: stage.issuer.audience }, { key: last })
  const status = async () => (await sendAll([token]))[0]?.status
  await expect.poll(status, { interval: 250 }).toBe(200)
}

const b64 = (bytes: Buffer) => bytes.toString('base64url')
const claimsOfHeavy = () => claimsOf(stage, { iss: heavy.issuer })

/** Any odd number of this many bits: nobody can sign with it, everybody has to calculate with it. */
function modulusOf(bits: number): Buffer {
  const bytes = randomBytes(bits / 8)
  bytes[0] = (bytes[0] ?? 0) | 0x80
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 1
  return bytes
}

describe('K111 keys that cost much, or nothing', () => {
  it('K111 an RSA modulus of 16,384 bits, or an exponent of 2,048, is not calculated with', async () => {
    const modulus = modulusOf(16_384)
    await publish([
      { kty: 'RSA', kid: 'long', n: b64(modulus), e: 'AQAB' },
      { kty: 'RSA', kid: 'slow', n: b64(modulusOf(2048)), e: b64(modulusOf(2048)) },
    ])
    for (const [kid, size] of [
      ['long', 2048],
      ['slow', 256],
    ] as const) {
      const check = await beginCase(stage)
      const header = { alg: 'RS256', kid }
      const tokens = Array.from({ length: 20 }, () =>
        forgeToken({ header, payload: claimsOfHeavy(), sign: noise(size) }),
      )
      const before = await cpuSeconds()
      const responses = await sendAll(tokens)
      expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(401))
      expect(((await cpuSeconds()) - before) / tokens.length).toBeLessThan(0.05)
      expect(stage.audit().findLast(({ kind }) => kind === 'close')?.detail).toContain('left out')
      await check({ responses, authorised: 0 })
    }
  })

  it('K111 B33 a modulus beyond 4,096 bits is refused with a signature that is right, e = 1 with one that anybody makes', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 4352 })
    const modulus = modulusOf(2048)
    await publish([
      { ...publicKey.export({ format: 'jwk' }), kid: 'longer' },
      { kty: 'RSA', kid: 'identity', n: b64(modulus), e: 'AQ' },
    ])
    const tokens = [
      forgeToken({
        header: { alg: 'RS256', kid: 'longer' },
        payload: claimsOfHeavy(),
        sign: (input) => sign('sha256', input, privateKey),
      }),
      forgeToken({
        header: { alg: 'RS256', kid: 'identity' },
        payload: claimsOfHeavy(),
        // What RSA makes of the message to the power of one: the message itself, padded.
        sign: (input) => padded(input, modulus.length),
      }),
    ]
    const check = await beginCase(stage)
    const responses = await sendAll(tokens.map(stage.caller.remember))
    expect(responses.map(({ status }) => status)).toEqual([401, 401])
    await check({ responses, authorised: 0 })
  })

  it('K111 ninety keys under one id: a token is tried with a few of them', async () => {
    const keys = await Promise.all(Array.from({ length: 90 }, () => createSigningKey('ES256', 'same')))
    await publish(keys.map(({ publicJwk }) => publicJwk))
    const check = await beginCase(stage)
    const header = { alg: 'ES256', kid: 'same' }
    const tokens = Array.from({ length: 50 }, () =>
      forgeToken({ header, payload: claimsOfHeavy(), sign: noise(64) }),
    )
    const [first] = keys
    if (first) tokens.push(forgeToken({ header, payload: claimsOfHeavy(), sign: ecdsa(first) }))
    const before = await cpuSeconds()
    const responses = await sendAll(tokens.map(stage.caller.remember))
    expect(responses.map(({ status }) => status)).toEqual([...Array(50).fill(401), 200])
    expect(((await cpuSeconds()) - before) / tokens.length).toBeLessThan(0.05)
    await check({ responses, authorised: 1 })
  })
})

/** EMSA-PKCS1-v1_5 with SHA-256 (RFC 8017 9.2). */
function padded(input: Buffer, length: number): Buffer {
  const info = Buffer.from('3031300d060960864801650304020105000420', 'hex')
  const digest = Buffer.concat([info, createHash('sha256').update(input).digest()])
  const filler = Buffer.alloc(length - digest.length - 3, 0xff)
  return Buffer.concat([Buffer.from([0, 1]), filler, Buffer.from([0]), digest])
}
