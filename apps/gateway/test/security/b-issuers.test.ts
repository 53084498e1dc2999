import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import {
  answersGzipBomb,
  answersHtml,
  answersHuge,
  answersJson,
  answersStatus,
  createSigningKey,
  forgeToken,
  hangs,
  type Mood,
  redirects,
  resets,
  type SignOptions,
  startTestIssuer,
  type TestIssuer,
  trickles,
  truncates,
} from '@countersign/testkit'
import type { JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { beginCase } from '../support/global-checks.ts'
import { bare } from '../support/request.ts'
import { openStage, type Stage } from '../support/stage.ts'

/** What B28 says of where the keys are, and none of it is used. */
const lies = {
  'of another issuer': (issuer: TestIssuer) => ({ issuer: 'https://evil.test', jwks_uri: issuer.jwksUri }),
  'keys on another host': ({ issuer }: TestIssuer) => ({ issuer, jwks_uri: `${unlisted.origin}/jwks` }),
  'keys over http:': ({ issuer }: TestIssuer) => ({ issuer, jwks_uri: 'http://keys.test/jwks' }),
  'keys in a file': ({ issuer }: TestIssuer) => ({ issuer, jwks_uri: 'file:///etc/passwd' }),
  'keys nowhere': ({ issuer }: TestIssuer) => ({ issuer }),
}

/** How long the keys of an issuer serve that cannot be asked. */
const cacheLifeMs = 8000

/** How the key set of B30 fails. */
const failures: Readonly<Record<string, Mood>> = {
  'status 500': answersStatus(500),
  'a reset': resets(),
  'a web page': answersHtml(),
  'an empty object': answersJson({}),
  'an object of keys': answersJson({ keys: {} }),
  '64 MB': answersHuge(),
  'a gzip bomb': answersGzipBomb(),
  'a redirect to the metadata service': redirects('http://169.254.169.254/latest/meta-data'),
  'half an answer': truncates(),
  silence: hangs(),
  'a byte at a time': trickles(),
}

const lying = new Map<string, TestIssuer>()
const failing = new Map<string, TestIssuer>()
/** Nobody lists it. */
let unlisted: { readonly issuer: TestIssuer; readonly origin: string }
/** Each gets a new key in a try of B31: within a while of one, a gateway asks for no other. */
const renewed: TestIssuer[] = []
let tries = 0
/** Its key set is written by the tests; `elsewhere`'s is on its host. */
let scripted: TestIssuer
let elsewhere: TestIssuer
let stage: Stage
let residentBefore: number

beforeAll(async () => {
  const issuer = await startTestIssuer()
  unlisted = { issuer, origin: issuer.issuer }
  scripted = await startTestIssuer({ algorithms: ['ES256', 'RS256'] })
  elsewhere = await startTestIssuer()
  for (const _try of [1, 2]) renewed.push(await startTestIssuer())
  for (const name of Object.keys(lies)) lying.set(name, await startTestIssuer())
  for (const name of Object.keys(failures))
    failing.set(name, await startTestIssuer({ algorithms: ['ES256'] }))
  for (const [name, lie] of Object.entries(lies)) {
    const liar = lying.get(name) as TestIssuer
    liar.discovery.always(answersJson(lie(liar)))
  }
  stage = await openStage({
    adapt({ issuers, services }) {
      const keys = { fresh_for: '1s', stale_for: `${cacheLifeMs / 1000}s` }
      const { identities } = services['svc-a'] as { identities: object[] }
      function add(name: string, entry: object): void {
        issuers[name] = { kind: 'jwt', ...entry }
        identities.push({ issuer: name, subject: 'svc-a' })
      }
      add('scripted', { issuer: scripted.issuer, jwks: scripted.jwksUri, fresh_for: '1s' })
      add('elsewhere', { issuer: elsewhere.issuer, jwks: `${scripted.issuer}/jwks` })
      for (const [at, { issuer, jwksUri }] of renewed.entries()) {
        add(`renewed-${at}`, { issuer, jwks: jwksUri, fresh_for: '1s' })
      }
      for (const [at, { issuer }] of [...lying.values()].entries()) add(`lying-${at}`, { issuer, ...keys })
      for (const [at, { issuer, jwksUri }] of [...failing.values()].entries()) {
        add(`failing-${at}`, { issuer, jwks: jwksUri, ...keys })
      }
    },
  })
  residentBefore = await residentMebibytes()
})

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]()
  const issuers = [unlisted.issuer, scripted, elsewhere, ...renewed, ...lying.values(), ...failing.values()]
  await Promise.all(issuers.map((issuer) => issuer.close()))
})

async function signed(issuer: TestIssuer, claims: object = {}, options: SignOptions = {}): Promise<string> {
  return stage.caller.remember(await issuer.sign({ ...claims }, options))
}

async function residentMebibytes(): Promise<number> {
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(await stage.metrics())?.[1]) / 1024 / 1024
}

async function call(token: string) {
  const bytes = bare('GET /u1/public/x', `Authorization: Bearer ${token}`)
  const { responses } = await stage.caller.send(bytes)
  const [response] = responses
  if (response === undefined) throw new Error('no answer')
  const problem =
    response.status === 200 ? {} : (JSON.parse(response.text) as { code?: string; owner?: string })
  return { response, status: response.status, code: problem.code, owner: problem.owner }
}

const keysUnavailable = { status: 503, code: 'identity.keys-unavailable', owner: 'issuer' }

/** Calls with each token in turn, inside a case. @returns the statuses */
async function statusesOf(...tokens: readonly string[]): Promise<number[]> {
  const check = await beginCase(stage)
  const answers = []
  for (const token of tokens) answers.push(await call(token))
  const statuses = answers.map(({ status }) => status)
  const authorised = statuses.filter((status) => status === 200).length
  await check({ responses: answers.map(({ response }) => response), authorised })
  return statuses
}

/** Publishes these keys and waits until the gateway has them. */
async function publish(keys: readonly object[]): Promise<void> {
  scripted.published = keys as JWK[]
  scripted.jwks.forget()
  const token = await scripted.sign()
  // Whoever is verified by a known key looks after the set; a set that nobody uses is as old as its last use.
  await vi.waitFor(
    async () => {
      await call(token)
      expect(scripted.jwks.count).toBeGreaterThan(1)
    },
    { interval: 250 },
  )
}

describe('who is asked for keys', () => {
  it('B27 nobody that a token names: an issuer that is not listed sees no connection', async () => {
    expect(await statusesOf(await signed(unlisted.issuer))).toEqual([401])
    expect([unlisted.issuer.discovery.count, unlisted.issuer.jwks.count]).toEqual([0, 0])
  })

  it.each(Object.keys(lies))('B28 not by a discovery document %s; other issuers are served', async (name) => {
    const check = await beginCase(stage)
    const liar = lying.get(name) as TestIssuer
    const [answer, other] = [await call(await signed(liar)), await call(await stage.caller.token())]
    expect(answer).toMatchObject(keysUnavailable)
    expect(other.status).toBe(200)
    expect([liar.jwks.count, unlisted.issuer.jwks.count]).toEqual([0, 0])
    await check({ responses: [answer.response, other.response], authorised: 1 })
  })

  it('B28 keys on another host are used where the configuration says so', async () => {
    const key = scripted.key()
    expect(await statusesOf(await signed(elsewhere, {}, { key }))).toEqual([200])
  })

  it('B29 200 tokens with random key ids at once: one request, and good tokens are served meanwhile', async () => {
    const check = await beginCase(stage)
    const { issuer } = stage
    const good = await stage.caller.token()
    const first = await call(good)
    issuer.jwks.forget()
    const strangers = await Promise.all(Array.from({ length: 200 }, () => createSigningKey()))
    const tokens = await Promise.all(strangers.map((key) => signed(issuer, {}, { key })))
    const [bad, fine] = await Promise.all([
      Promise.all(tokens.map((token) => call(token))),
      Promise.all(Array.from({ length: 20 }, () => call(good))),
    ])
    expect(new Set(bad.map(({ status }) => status))).toEqual(new Set([401]))
    expect(new Set(fine.map(({ status }) => status))).toEqual(new Set([200]))
    expect(issuer.jwks.count).toBeLessThanOrEqual(1)
    await check({ responses: [first, ...bad, ...fine].map(({ response }) => response), authorised: 21 })
  })
})

describe('B30 an issuer whose key set answers with', () => {
  it.concurrent.each(Object.keys(failures))(
    '%s: known callers go on, strangers learn whose fault it is',
    async (name) => {
      const issuer = failing.get(name) as TestIssuer
      const known = await signed(issuer)
      const unknown = await signed(issuer, {}, { key: await createSigningKey() })
      // A try before this one may have left it in trouble.
      issuer.jwks.recover()
      issuer.jwks.forget()
      const begun = performance.now()
      await vi.waitFor(
        async () => {
          expect((await call(known)).status).toBe(200)
          expect(issuer.jwks.count).toBeGreaterThan(0)
        },
        { interval: 250 },
      )
      issuer.jwks.always(failures[name] as Mood)
      issuer.jwks.forget()
      // Within its cache life, the failure is nobody's concern but that of a caller whose key is not known.
      const meanwhile: unknown[] = []
      async function askedAgain(): Promise<number> {
        const { status } = await call(known)
        if (performance.now() < begun + cacheLifeMs) meanwhile.push(status)
        return issuer.jwks.count
      }
      const again = async () => expect(await askedAgain()).toBeGreaterThan(0)
      await vi.waitFor(again, { interval: 250 })
      expect(meanwhile.filter((status) => status !== 200)).toEqual([])
      const stranger = call(unknown)
      // Beyond it, there is nothing left to verify with.
      await vi.waitFor(async () => expect(await call(known)).toMatchObject(keysUnavailable), {
        interval: 500,
      })
      expect(await stranger).toMatchObject(keysUnavailable)
      const answers = await Promise.all(Array.from({ length: 50 }, () => call(known)))
      expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(['identity.keys-unavailable']))
      const seconds = (performance.now() - begun) / 1000
      expect(issuer.jwks.count, 'asked with a growing pause, not with every call').toBeLessThan(4 + seconds)
    },
  )

  it('all that: the process lives, no larger than before, serves others, and comes back to each issuer by itself', async () => {
    for (const issuer of failing.values()) issuer.jwks.recover()
    const [first] = failing.values()
    const token = await signed(first as TestIssuer)
    await vi.waitFor(async () => expect((await call(token)).status).toBe(200), { interval: 500 })
    expect(await statusesOf(await stage.caller.token())).toEqual([200])
    expect((await residentMebibytes()) - residentBefore).toBeLessThan(300)
  })
})

describe('what is in a key set', () => {
  it('B31 a new key serves with its first token; one that was removed stops within the freshness', async () => {
    const check = await beginCase(stage)
    const issuer = renewed[tries++] as TestIssuer
    const usual = await call(await signed(issuer))
    expect(usual.status).toBe(200)
    const old = await createSigningKey()
    issuer.published = [...issuer.published, old.publicJwk]
    const token = await signed(issuer, {}, { key: old })
    const first = await call(token)
    expect(first.status).toBe(200)
    issuer.published = issuer.published.filter(({ kid }) => kid !== old.kid)
    const answers = [first]
    await vi.waitFor(
      async () => {
        answers.push(await call(token))
        expect(answers.at(-1)?.status).toBe(401)
      },
      { interval: 250 },
    )
    answers.push(await call(await signed(stage.issuer)))
    expect(answers.at(-1)?.status).toBe(200)
    const responses = [usual, ...answers].map(({ response }) => response)
    await check({ responses, authorised: responses.length })
  })

  it('B32 one id for two keys, and tokens without an id: the right key is found', async () => {
    const [ec, rsa] = [scripted.key('ES256'), scripted.key('RS256')]
    const second = await createSigningKey('ES256', ec.kid)
    const twin = { ...rsa.publicJwk, kid: ec.kid }
    await publish([twin, second.publicJwk, ec.publicJwk])
    const header = { kid: undefined }
    expect(
      await statusesOf(
        await signed(scripted, {}, { key: ec }),
        await signed(scripted, {}, { key: second }),
        await signed(scripted, {}, { key: { ...rsa, kid: ec.kid } }),
        await signed(scripted, {}, { key: ec, header }),
        await signed(scripted, {}, { key: second, header }),
      ),
    ).toEqual([200, 200, 200, 200, 200])
    await publish([ec.publicJwk, rsa.publicJwk])
  })

  it('B33 B35 weak keys, keys off their curve, secrets, and keys for something else verify nothing', async () => {
    const good = scripted.key()
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const [one, encrypting, wrapping] = [
      await createSigningKey('RS256'),
      await createSigningKey(),
      await createSigningKey(),
    ]
    const { use: _use, ...wrappingKey } = wrapping.publicJwk
    await publish([
      good.publicJwk,
      { ...short.publicKey.export({ format: 'jwk' }), kid: 'short' },
      { ...one.publicJwk, e: 'AQ' },
      { ...encrypting.publicJwk, use: 'enc' },
      { ...wrappingKey, key_ops: ['encrypt'] },
      { kty: 'EC', crv: 'P-256', kid: 'off', x: good.publicJwk.x, y: good.publicJwk.x },
      { kty: 'oct', kid: 'secret', k: secret.toString('base64url') },
    ])
    const claims = JSON.parse(
      Buffer.from((await scripted.sign()).split('.')[1] ?? '', 'base64url').toString(),
    ) as object
    // No library signs with either of the first two.
    const forged = [
      forgeToken({
        header: { alg: 'RS256', kid: 'short' },
        payload: claims,
        sign: (input) => sign('sha256', input, short.privateKey),
      }),
      forgeToken({
        header: { alg: 'HS256', kid: 'secret' },
        payload: claims,
        sign: (input) => createHmac('sha256', secret).update(input).digest(),
      }),
    ]
    for (const token of forged) expect(await statusesOf(stage.caller.remember(token))).toEqual([401])
    for (const key of [one, encrypting, wrapping]) {
      expect(await statusesOf(await signed(scripted, {}, { key }))).toEqual([401])
    }
    expect(await statusesOf(await signed(scripted, {}, { key: good }))).toEqual([200])
  })

  it('B34 a key verifies for its own issuer only, whoever else publishes that id', async () => {
    const { kid } = stage.issuer.key()
    const twin = await createSigningKey('ES256', kid)
    await publish([scripted.key().publicJwk, twin.publicJwk])
    const claims = { iss: stage.issuer.issuer }
    expect(
      await statusesOf(
        await signed(scripted, claims, { key: twin }),
        await signed(scripted, {}, { key: twin }),
        await signed(stage.issuer),
      ),
    ).toEqual([401, 200, 200])
  })

  it('B35 a key without alg is used as what it is', async () => {
    const { alg: _alg, use: _use, ...bareKey } = scripted.key().publicJwk
    await publish([bareKey])
    expect(await statusesOf(await signed(scripted))).toEqual([200])
  })
})

const secret = Buffer.from('a secret that is long enough for HS256')
