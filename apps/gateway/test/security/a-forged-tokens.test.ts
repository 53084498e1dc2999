import { constants, createHmac, createPublicKey, KeyObject, sign } from 'node:crypto'
import {
  createSigningKey,
  forgeToken,
  type SigningKey,
  startTestIssuer,
  type TestIssuer,
} from '@countersign/testkit'
import { CompactEncrypt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beginCase } from '../support/global-checks.ts'
import { bare } from '../support/request.ts'
import type { Stage } from '../support/stage.ts'
import { claimsOf, ecdsa, headerOf, signedAsIs, type TokenRow, tokenTables } from '../support/token-table.ts'

const malformed = 'identity.malformed'

/** Nobody lists it: a token that is signed by it brings its key along, or says where it is. */
let attacker: TestIssuer
/** An issuer that is listed, for tokens of one that are signed by another. */
let other: TestIssuer
beforeAll(async () => {
  attacker = await startTestIssuer()
  other = await startTestIssuer()
})
afterAll(() => Promise.all([attacker?.close(), other?.close()]))

const unsigned: readonly TokenRow[] = ['none', 'None', 'NONE', 'nOnE'].flatMap((alg) =>
  [{}, { kid: undefined }].flatMap((members): TokenRow[] => [
    {
      name: `A1 alg ${alg}, ${'kid' in members ? 'without' : 'with'} kid, no signature`,
      token: (stage) =>
        forgeToken({ header: headerOf(stage, { alg, ...members }), payload: claimsOf(stage) }),
      code: malformed,
    },
    {
      name: `A1 alg ${alg}, ${'kid' in members ? 'without' : 'with'} kid, a signature all the same`,
      token: (stage) => signedAsIs(stage, headerOf(stage, { alg, ...members }), claimsOf(stage)),
    },
  ]),
)

/** What of a public key has been taken for a secret. */
const secrets: Readonly<Record<string, (key: SigningKey) => string | Buffer>> = {
  'the PEM': ({ publicJwk }) =>
    createPublicKey({ key: publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }),
  'the DER': ({ publicJwk }) =>
    createPublicKey({ key: publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'der' }),
  'the JWK': ({ publicJwk }) => JSON.stringify(publicJwk),
  'n or x': ({ publicJwk }) => Buffer.from(publicJwk.n ?? publicJwk.x ?? '', 'base64url'),
  'an empty secret': () => '',
}
const confused: readonly TokenRow[] = ['RS256', 'ES256'].flatMap((of) =>
  Object.entries(secrets).map(([what, secretOf]) => ({
    name: `A2 HS256 with ${what} of the ${of} key`,
    token(stage) {
      const key = stage.issuer.key(of)
      const hmac = (input: Buffer) => createHmac('sha256', secretOf(key)).update(input).digest()
      const header = headerOf(stage, { alg: 'HS256', kid: key.kid })
      return forgeToken({ header, payload: claimsOf(stage), sign: hmac })
    },
  })),
)

/** A signature that is right in itself, by an algorithm that the key is not published for. */
const otherAlgorithms: readonly TokenRow[] = [
  ...['RS512', 'PS256'].map(
    (alg): TokenRow => ({
      name: `A3 the RS256 key, used for ${alg}`,
      token(stage) {
        const rsa = stage.issuer.key('RS256')
        const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
        const key = { key: KeyObject.from(rsa.privateKey), ...(alg === 'PS256' && pss) }
        return forgeToken({
          header: headerOf(stage, { alg, kid: rsa.kid }),
          payload: claimsOf(stage),
          sign: (input) => sign(alg === 'RS512' ? 'sha512' : 'sha256', input, key),
        })
      },
    }),
  ),
  {
    name: 'A3 the ES256 key, used for ES384',
    token: (stage) =>
      forgeToken({
        header: headerOf(stage, { alg: 'ES384' }),
        payload: claimsOf(stage),
        sign: (input) =>
          sign('sha384', input, {
            key: KeyObject.from(stage.issuer.key().privateKey),
            dsaEncoding: 'ieee-p1363',
          }),
      }),
  },
]

/** Signed by the attacker, who says in the header where the key is. */
const brought: readonly TokenRow[] = Object.entries<(key: SigningKey) => object>({
  'A4 a key in jwk': ({ publicJwk }) => ({ jwk: publicJwk }),
  'A4 a certificate in x5c': ({ publicJwk }) => ({
    x5c: [Buffer.from(JSON.stringify(publicJwk)).toString('base64')],
  }),
  'A5 the address of a key set in jku': () => ({ jku: attacker.jwksUri }),
  'A5 the address of a certificate in x5u': () => ({ x5u: attacker.jwksUri }),
}).flatMap(([name, members]) =>
  (['its own kid', 'the kid of ours', 'no kid'] as const).map((which) => ({
    name: `${name}, under ${which}`,
    token(stage) {
      const key = attacker.key()
      const kid = { 'its own kid': key.kid, 'the kid of ours': stage.issuer.key().kid, 'no kid': undefined }
      const header = headerOf(stage, { ...members(key), kid: kid[which] })
      return forgeToken({ header, payload: claimsOf(stage), sign: ecdsa(key) })
    },
    expect: () => expect([attacker.jwks.count, attacker.discovery.count]).toEqual([0, 0]),
  })),
)

const kids: readonly unknown[] = [
  '../../../../dev/null',
  '/dev/null',
  "' OR 1=1--",
  '|sleep 10',
  'k'.repeat(8192),
  '__proto__',
  'constructor',
  1,
  ['ec'],
  { toString: 'ec' },
  null,
  '',
]
const withKid = (stage: Stage, kid: unknown) =>
  forgeToken({ header: headerOf(stage, { kid }), payload: claimsOf(stage), sign: ecdsa(attacker.key()) })
const hostileKids: readonly TokenRow[] = kids.map((kid) => ({
  name: `A6 kid ${JSON.stringify(kid).slice(0, 30)}`,
  token: (stage) => withKid(stage, kid),
}))

const extensions: readonly TokenRow[] = [
  { crit: ['exp'] },
  { crit: ['x'], x: 1 },
  { crit: [] },
  { crit: 'exp' },
  { b64: false },
  { b64: true },
  { b64: false, crit: ['b64'] },
].map((members) => ({
  name: `A7 ${JSON.stringify(members)}`,
  token: (stage) => signedAsIs(stage, headerOf(stage, members), claimsOf(stage)),
}))

const headerTexts: readonly TokenRow[] = [
  ['alg twice', (kid: string) => `{"alg":"none","alg":"ES256","kid":"${kid}"}`],
  ['alg twice, the good one first', (kid: string) => `{"alg":"ES256","alg":"none","kid":"${kid}"}`],
  ['kid twice', (kid: string) => `{"alg":"ES256","kid":"x","kid":"${kid}"}`],
  ['kid twice, one of them escaped', (kid: string) => `{"alg":"ES256","\\u006bid":"x","kid":"${kid}"}`],
  ['in an array', (kid: string) => `[{"alg":"ES256","kid":"${kid}"}]`],
  ['null', () => 'null'],
  ['something behind it', (kid: string) => `{"alg":"ES256","kid":"${kid}"}{}`],
].map(([name, textOf]) => ({
  name: `A8 a header with ${name as string}`,
  token: (stage) =>
    signedAsIs(stage, (textOf as (kid: string) => string)(stage.issuer.key().kid), claimsOf(stage)),
  code: malformed,
}))

const segments: readonly TokenRow[] = [
  ['two segments', (good: string) => good.slice(0, good.lastIndexOf('.'))],
  ['four segments', (good: string) => `${good}.x`],
  ['a dot behind it', (good: string) => `${good}.`],
  ['no header', (good: string) => good.slice(good.indexOf('.'))],
  ['garbage', () => 'a.b.c'],
  ['10,000 dots', () => '.'.repeat(10_000)],
].map(([name, change]) => ({
  name: `A16 ${name as string}`,
  token: async ({ issuer }) => (change as (good: string) => string)(await issuer.sign()),
  code: malformed,
}))
const encrypted: TokenRow = {
  name: 'A16 a JWE, encrypted to the issuer’s own key',
  token: ({ issuer }) =>
    new CompactEncrypt(Buffer.from('{}'))
      .setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A256GCM' })
      .encrypt(createPublicKey({ key: issuer.key('RS256').publicJwk, format: 'jwk' })),
  code: malformed,
}

const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
const zero = Buffer.alloc(32)
const one = Buffer.concat([Buffer.alloc(31), Buffer.from([1])])
const signatures: readonly TokenRow[] = [
  ...Object.entries({
    'all zeros': Buffer.concat([zero, zero]),
    'r and s of one': Buffer.concat([one, one]),
    'r and s of the order': Buffer.concat([order, order]),
    'r of the order, s of one': Buffer.concat([order, one]),
    'r of zero': Buffer.concat([zero, one]),
    'all ones': Buffer.alloc(64, 255),
    'one byte': Buffer.alloc(1),
    'four kilobytes': Buffer.alloc(4096, 1),
  }).map(
    ([name, bytes]): TokenRow => ({
      name: `A17 a signature of ${name}`,
      token: (stage) => forgeToken({ header: headerOf(stage), payload: claimsOf(stage), sign: () => bytes }),
    }),
  ),
  {
    name: 'A17 a signature in DER',
    token: (stage) =>
      forgeToken({
        header: headerOf(stage),
        payload: claimsOf(stage),
        sign: ecdsa(stage.issuer.key(), 'der'),
      }),
  },
  {
    name: 'A17 r and s swapped',
    token(stage) {
      const swapped = (input: Buffer) => {
        const right = ecdsa(stage.issuer.key())(input)
        return Buffer.concat([right.subarray(32), right.subarray(0, 32)])
      }
      return forgeToken({ header: headerOf(stage), payload: claimsOf(stage), sign: swapped })
    },
  },
  {
    name: 'A17 a good signature over other claims',
    async token({ issuer }) {
      const [[header, , signature], [, claims]] = [
        (await issuer.sign({ sub: 'svc-b' })).split('.'),
        (await issuer.sign()).split('.'),
      ]
      return [header, claims, signature].join('.')
    },
  },
  {
    name: 'A11 the name of one issuer that is trusted, the key of another',
    token: (stage) => other.sign({ iss: stage.issuer.issuer, aud: stage.issuer.audience }),
  },
]

const respelt: readonly TokenRow[] = [
  ['= behind it', (good: string) => `${good}==`],
  ['= inside', (good: string) => good.replace('.', '=.')],
  ['%3D behind it', (good: string) => `${good}%3D`],
  ['the alphabet of base64', (good: string) => `${good.slice(0, -2)}+/`],
  ['its last unused bits set', (good: string) => good.slice(0, -1) + nextCharacter(good.at(-1) ?? '')],
  ['a space inside', (good: string) => good.replace('.', '. ')],
  ['a tab inside', (good: string) => good.replace('.', '\t.')],
  ['a dot percent-encoded', (good: string) => good.replace('.', '%2E')],
].map(([name, respell]) => ({
  name: `A18 a good token with ${name as string}`,
  token: async ({ issuer }) => (respell as (good: string) => string)(await issuer.sign()),
  code: malformed,
}))

/** An ES256 signature ends in a character of which four bits are unused. */
function nextCharacter(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(character) + 1] ?? ''
}

const control: readonly TokenRow[] = [
  {
    name: 'A1 what these are made of is good in itself',
    token: (stage) => signedAsIs(stage, headerOf(stage), claimsOf(stage)),
    status: 200,
  },
]

const stageOf = tokenTables(
  {
    'a good token': control,
    'no signature': unsigned,
    'a public key as a secret': confused,
    'another algorithm': otherAlgorithms,
    'a key that the token brings along': brought,
    kid: hostileKids,
    extensions,
    'the header’s text': headerTexts,
    segments: [...segments, encrypted],
    signatures,
    spellings: respelt,
  },
  {
    adapt({ issuers }) {
      issuers.other = { kind: 'jwt', issuer: other.issuer, jwks: other.jwksUri }
    },
  },
)

describe('kid', () => {
  it('A6 whatever it is, the key set is asked for once in an interval', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    const strangers = await Promise.all(kids.map(() => createSigningKey()))
    const tokens = [
      ...strangers.map(({ kid }) => withKid(stage, kid)),
      ...kids.map((kid) => withKid(stage, kid)),
    ]
    stage.issuer.jwks.forget()
    const begun = performance.now()
    const responses = []
    for (const token of tokens) {
      const bytes = bare('GET /u1/public/x', `Authorization: Bearer ${stage.caller.remember(token)}`)
      responses.push(...(await stage.caller.send(bytes)).responses)
    }
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([401]))
    const intervals = (performance.now() - begun) / 30_000
    expect(stage.issuer.jwks.count).toBeLessThanOrEqual(1 + intervals)
    await check({ responses, authorised: 0 })
  })
})
