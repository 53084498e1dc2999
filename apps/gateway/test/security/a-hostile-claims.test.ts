import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Stage } from '../support/stage.ts'
import { claimsOf, headerOf, signedAsIs, type TokenRow, tokenTables } from '../support/token-table.ts'

const malformed = 'identity.malformed'
const untrusted = 'identity.untrusted-issuer'
const expired = 'identity.expired'
const now = () => Math.floor(Date.now() / 1000)
const day = 86_400

/** Signed by the issuer, with claims that are written as text. */
function signedText(name: string, textOf: (good: string) => string | Uint8Array): TokenRow {
  return {
    name,
    token: (stage) => signedAsIs(stage, headerOf(stage), textOf(JSON.stringify(claimsOf(stage)))),
    code: malformed,
  }
}

/** Signed by the issuer, with these claims in place of its own. */
function signedClaims(
  name: string,
  claims: object | (() => object),
  outcome: Pick<TokenRow, 'status' | 'code' | 'expect'> = {},
): TokenRow {
  return {
    name: `${name} ${JSON.stringify(typeof claims === 'function' ? claims() : claims).slice(0, 60)}`,
    token: ({ issuer }) => issuer.sign({ ...(typeof claims === 'function' ? claims() : claims) }),
    ...outcome,
  }
}

const twice = [
  signedText('A9 sub twice', (good) => good.replace('{', '{"sub":"svc-b",')),
  signedText('A9 sub twice, one of them escaped', (good) => good.replace('{', '{"s\\u0075b":"svc-b",')),
  signedText('A9 aud twice', (good) => good.replace('{', '{"aud":"https://other.internal",')),
  signedText('A9 exp twice', (good) => good.replace('{', '{"exp":1,')),
  signedText('A9 exp twice, the good one first', (good) => good.replace('}', ',"exp":1}')),
  signedText('A9 a member twice, deep inside', (good) => good.replace('}', ',"x":[{"y":{"z":1,"z":2}}]}')),
]

const audience = 'https://gateway.internal'
const audiences = [
  ...[
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
    `${audience}.evil.test`,
    `x${audience}`,
    [audience, 1],
    [null, audience],
    [`${audience}/`],
  ].map((aud) => signedClaims('A10', { aud: aud === undefined ? undefined : aud })),
  signedClaims('A10', { aud: ['x', audience] }, { status: 200 }),
  signedClaims('A10', { aud: [audience] }, { status: 200 }),
]

const issuers: readonly TokenRow[] = [
  ...[
    ['a slash behind it', (iss: string) => `${iss}/`],
    ['capitals', (iss: string) => iss.toUpperCase()],
    ['a list', (iss: string) => [iss]],
    ['its host by another name', (iss: string) => iss.replace('127.0.0.1', 'localhost')],
    ['a user in front', (iss: string) => iss.replace('//', '//x@')],
    ['more behind it', (iss: string) => `${iss}.evil.test`],
    ['none', () => undefined],
    ['null', () => null],
    ['nothing in it', () => ''],
    ['__proto__', () => '__proto__'],
    ['an object', () => ({ toString: 'x' })],
  ].map(
    ([name, change]): TokenRow => ({
      name: `A11 iss with ${name as string}`,
      token: ({ issuer }) => issuer.sign({ iss: (change as (iss: string) => unknown)(issuer.issuer) }),
      code: untrusted,
    }),
  ),
]

const times: readonly TokenRow[] = [
  ...[
    { exp: undefined },
    { exp: null },
    { exp: String(now() + 300) },
    { exp: [now() + 300] },
    { exp: 1e18 },
    { exp: now() + 300.5 },
    { exp: -1 },
    { nbf: String(now()) },
    { nbf: null },
    { iat: String(now()) },
    { iat: -1 },
  ].map((claims) => signedClaims('A12', claims)),
  signedText('A12 exp 1e400', (good) => good.replace(/"exp":\d+/, '"exp":1e400')),
  signedClaims('A12 not before tomorrow', () => ({ nbf: now() + day })),
  signedClaims('A12 issued tomorrow', () => ({ iat: now() + day, exp: now() + day + 60 })),
  signedClaims('A12 beyond the skew', () => ({ iat: now() - 300, exp: now() - 31 }), { code: expired }),
  // A second before the end of the skew is auth-core's to prove, whose clock stands still.
  signedClaims('A12 within the skew', () => ({ iat: now() - 300, exp: now() }), { status: 200 }),
  signedClaims('A12 within the skew of nbf', () => ({ nbf: now() + 20, iat: now() + 20 }), { status: 200 }),
  {
    name: 'A12 now, where the issuer’s skew is zero',
    token: (stage) =>
      stage.issuer.sign({ sub: 'svc-a', iss: 'https://punctual.internal', iat: now() - 300, exp: now() }),
    code: expired,
  },
  signedClaims('A13 a year', () => ({ exp: now() + 365 * day })),
  signedClaims('A13 a day and a minute', () => ({ exp: now() + day + 60 })),
  signedClaims('A13 a year, from a beginning that is not said', () => ({
    iat: undefined,
    exp: now() + 365 * day,
  })),
  signedClaims('A13 a year, begun long ago', () => ({ iat: now() - 364 * day, exp: now() + day })),
  signedClaims('A13 a day', () => ({ exp: now() + day }), { status: 200 }),
]

const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const texts: readonly TokenRow[] = [
  signedText('A19 a byte order mark', (good) => `\ufeff${good}`),
  signedText('A19 UTF-16', (good) => Buffer.from(good, 'utf16le')),
  signedText('A19 invalid UTF-8', (good) => Buffer.from(good.replace('svc-a', 'svc-\xff'), 'latin1')),
  signedText('A19 an overlong encoding', (good) =>
    Buffer.from(good.replace('svc-a', 'svc\xc0\xadc'), 'latin1'),
  ),
  signedText('A19 a surrogate in three bytes', (good) =>
    Buffer.from(good.replace('svc-a', '\xed\xa0\x80'), 'latin1'),
  ),
  signedText('A19 a lone surrogate, escaped', (good) => good.replace('svc-a', '\\ud800')),
  signedText('A19 an array', (good) => `[${good}]`),
  signedText('A19 a string', (good) => JSON.stringify(good)),
  signedText('A19 a comment', (good) => `${good}//`),
  signedText('A20 claims nested 5,000 deep', (good) => good.replace('}', `,"x":${deep(5000)}}`)),
  {
    name: 'A20 a header nested 5,000 deep',
    token: (stage) => signedAsIs(stage, `{"alg":"ES256","x":${deep(5000)}}`, claimsOf(stage)),
    code: malformed,
  },
  {
    name: 'A20 a token of 15 KB',
    token: ({ issuer }) => issuer.sign({ pad: 'x'.repeat(11_000) }),
    status: 200,
  },
  {
    name: 'A20 a token of 17 KB: longer than a header section may be',
    token: ({ issuer }) => issuer.sign({ pad: 'x'.repeat(12_500) }),
    status: 431,
    code: 'request.too-large',
  },
]

/** `scope` is asked for as `read` by the policy, which compares a claim as it stands. */
const scopes: readonly TokenRow[] = [
  signedClaims('A21', { sub: 'scoped', scope: 'read' }, { status: 200 }),
  ...[
    ['read'],
    1,
    true,
    null,
    { read: true },
    'read:all',
    'READ',
    'read  write',
    'read\twrite',
    'write\nread',
    ' read',
    'read ',
    'rea',
    '',
  ].map((scope) => signedClaims('A21', { sub: 'scoped', scope }, { status: 403, code: 'policy.refused' })),
  signedClaims('A21 no scope', { sub: 'scoped' }, { status: 403, code: 'policy.refused' }),
]

/** What has forged a line, a field or a screen. */
const hostile = `a\r\nX-Forged: 1\r\n\r\n"b" \u2028\u2029\u202e \u001b[2J\u009b2J ${'x'.repeat(4096)}`
/** As much of it as the policy may spell. */
const known = `a"b" \u2028\u202e{"c":1}\\r\\n<${'x'.repeat(900)}>`
function expectQuoted(stage: Stage, subject: string | undefined): void {
  expect(stage.audit().findLast(({ kind }) => kind === 'close')?.subject).toBe(subject)
  const record = readFileSync(join(stage.folder, 'audit.jsonl'), 'utf8')
  const shown = stage.gateway.stdout() + stage.gateway.stderr() + record
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e]/)
  expect(shown).not.toMatch(/^X-Forged/m)
  expect(stage.caller.received().toString('latin1')).not.toMatch(/X-Forged/i)
}
const injected: readonly TokenRow[] = [
  {
    name: 'A22 a subject that nobody knows',
    token: ({ issuer }) => issuer.sign({ sub: `stranger ${hostile}` }),
    status: 403,
    code: 'policy.refused',
    expect: (stage) => expectQuoted(stage, `stranger ${hostile}`),
  },
  {
    name: 'A22 a subject that the policy knows',
    token: ({ issuer }) => issuer.sign({ sub: known }),
    status: 200,
    expect(stage) {
      expectQuoted(stage, known)
      expect(stage.first.bytes().toString('latin1')).not.toMatch(/X-Forged/i)
    },
  },
  ...['iss', 'jti', 'scope', 'client_id'].map(
    (claim): TokenRow => ({
      name: `A22 ${claim}`,
      token: ({ issuer }) => issuer.sign({ [claim]: hostile }),
      ...(claim === 'iss' ? { code: untrusted } : { status: 200 }),
      expect: (stage) => expectQuoted(stage, claim === 'iss' ? undefined : 'svc-a'),
    }),
  ),
]

tokenTables(
  {
    'members said twice': twice,
    audiences,
    issuers,
    times,
    'the text of the claims': texts,
    scopes,
    'text that acts on what shows it': injected,
  },
  {
    adapt({ issuers, services }, { issuer }) {
      issuers.punctual = {
        kind: 'jwt',
        issuer: 'https://punctual.internal',
        jwks: issuer.jwksUri,
        skew: '0s',
      }
      const { identities } = services['svc-a'] as { identities: object[] }
      identities.push(
        { issuer: 'cluster', subject: known },
        { issuer: 'cluster', subject: 'scoped', claims: { scope: 'read' } },
        { issuer: 'punctual', subject: 'svc-a' },
      )
    },
  },
)
