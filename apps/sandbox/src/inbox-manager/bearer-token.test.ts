import { startTestIssuer, type TestIssuer } from '@countersign/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createIssuedTokens } from '../issued-tokens.ts'
import { createBearerJudge, type JudgeBearer } from './bearer-token.ts'
import { inboxManagerSeed } from './seed.ts'

let issuer: TestIssuer
let judge: JudgeBearer
beforeAll(async () => {
  issuer = await startTestIssuer({ algorithms: ['RS256', 'ES256'] })
  const tokens = createIssuedTokens()
  tokens.add('known')
  const { audience, jwksUri } = issuer
  judge = createBearerJudge({ issuer: issuer.issuer, jwksUri, audience, tokens, clock: Date })
})
afterAll(() => issuer.close())

const bearer = async (claims: Record<string, unknown>, alg = 'RS256') =>
  `Bearer ${await issuer.sign({ jti: 'known', app: inboxManagerSeed.applicationId, ...claims }, { alg })}`

test('a token that is right in every respect is accepted', async () => {
  await expect(judge(await bearer({}))).resolves.toBeUndefined()
})

// All of them really signed by the issuer: each is refused for this one reason and no other.
test.each([
  ['another audience', { aud: 'https://other.example' }],
  ['no audience', { aud: undefined }],
  ['another issuer', { iss: 'https://other.example' }],
  ['no issuer', { iss: undefined }],
  ['an expiry that is past', { exp: 1 }],
  ['no expiry', { exp: undefined }],
  ['an id that was never issued', { jti: 'unknown' }],
  ['no application', { app: undefined }],
])('a token with %s is refused', async (_name, claims) => {
  await expect(judge(await bearer(claims))).rejects.toMatchObject({ code: 'unauthorized' })
})

test('a token for another application is forbidden', async () => {
  await expect(judge(await bearer({ app: 'app_other' }))).rejects.toMatchObject({ code: 'forbidden' })
})

test('an algorithm the vendor does not use is refused', async () => {
  await expect(judge(await bearer({}, 'ES256'))).rejects.toMatchObject({ code: 'unauthorized' })
})

test.each(['', 'Bearer', 'Bearer a b', 'Basic eDp5', 'Bearer not.a.token'])(
  '%j is no credential',
  async (field) => {
    await expect(judge(field)).rejects.toMatchObject({ code: 'unauthorized' })
  },
)

test('keys that cannot be read are not the fault of the caller', async () => {
  const { issuer: name, audience } = issuer
  const tokens = createIssuedTokens()
  const blind = createBearerJudge({
    issuer: name,
    jwksUri: 'http://127.0.0.1:1/',
    audience,
    tokens,
    clock: Date,
  })
  await expect(blind(await bearer({}))).rejects.toMatchObject({ code: 'unavailable' })
})
