import { createHmac } from 'node:crypto'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, exportSPKI, type JWK, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { forgeToken } from './forge-token.ts'
import { createManualClock } from './manual-clock.ts'
import { resets } from './mood.ts'
import { createSigningKey } from './signing-key.ts'
import { startTestIssuer } from './test-issuer.ts'

test('a verifier that follows discovery and key set accepts its tokens in every algorithm', async () => {
  const algorithms = ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'] as const
  await using issuer = await startTestIssuer({ algorithms })
  const document = (await (await fetch(issuer.discoveryUri)).json()) as { issuer: string; jwks_uri: string }
  const keys = createRemoteJWKSet(new URL(document.jwks_uri))
  for (const alg of algorithms) {
    const { payload } = await jwtVerify(await issuer.sign({ sub: alg }, { alg }), keys, {
      issuer: document.issuer,
      audience: issuer.audience,
      requiredClaims: ['exp', 'iat'],
    })
    expect(payload.sub).toBe(alg)
  }
  expect(issuer.discovery.count).toBe(1)
  expect(issuer.jwks.count).toBe(1)
})

test('the key set holds nothing private', async () => {
  await using issuer = await startTestIssuer({ algorithms: ['ES256', 'RS256'] })
  const { keys } = (await (await fetch(issuer.jwksUri)).json()) as { keys: JWK[] }
  expect(keys.map((key) => key.alg)).toEqual(['ES256', 'RS256'])
  for (const key of keys) expect(Object.keys(key)).not.toContain('d')
})

test('claims and header members can be replaced and left out', async () => {
  const clock = createManualClock(1_000_000)
  await using issuer = await startTestIssuer({
    issuer: 'https://issuer.example',
    algorithms: ['ES256'],
    clock,
  })
  const token = await issuer.sign(
    { exp: undefined, aud: ['x'] },
    { header: { typ: undefined, kid: 'other' } },
  )
  expect(decodeJwt(token)).toEqual({ iss: 'https://issuer.example', aud: ['x'], sub: 'svc-a', iat: 1000 })
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', kid: 'other' })
})

test('rotation replaces the keys, and keeps the old ones published only when asked', async () => {
  await using issuer = await startTestIssuer({ algorithms: ['ES256'] })
  const first = issuer.key()
  await issuer.rotate({ keep: true })
  expect(issuer.published.map((key) => key.kid)).toEqual([issuer.key().kid, first.kid])
  await issuer.rotate()
  expect(issuer.published.map((key) => key.kid)).toEqual([issuer.key().kid])
  const token = await issuer.sign({}, { key: first })
  await expect(jwtVerify(token, createRemoteJWKSet(new URL(issuer.jwksUri)))).rejects.toThrow()
})

test('its endpoints fail as told, each on its own', async () => {
  await using issuer = await startTestIssuer({ algorithms: ['ES256'] })
  issuer.jwks.always(resets())
  await expect(fetch(issuer.jwksUri)).rejects.toThrow()
  expect((await fetch(issuer.discoveryUri)).status).toBe(200)
  issuer.jwks.recover()
  expect((await fetch(issuer.jwksUri)).status).toBe(200)
})

test('a forgery is exactly what was asked for, and a verifier refuses it', async () => {
  await using issuer = await startTestIssuer({ algorithms: ['RS256'] })
  const pem = await exportSPKI(issuer.key().publicKey)
  const forged = forgeToken({
    header: `{"alg":"RS256","alg":"HS256","kid":"${issuer.key().kid}"}`,
    payload: { sub: 'root' },
    sign: (input) => createHmac('sha256', pem).update(input).digest(),
  })
  expect(Buffer.from(forged.split('.')[0] ?? '', 'base64url').toString()).toContain(
    '"alg":"RS256","alg":"HS256"',
  )
  await expect(jwtVerify(forged, createRemoteJWKSet(new URL(issuer.jwksUri)))).rejects.toThrow()
  expect(forgeToken({ header: { alg: 'none' }, payload: {} })).toMatch(/^[\w-]+\.[\w-]+\.$/)
})

test('a key of nobody signs like the real one but is not published', async () => {
  await using issuer = await startTestIssuer({ algorithms: ['ES256'] })
  const token = await issuer.sign({}, { key: await createSigningKey('ES256', issuer.key().kid) })
  await expect(jwtVerify(token, createRemoteJWKSet(new URL(issuer.jwksUri)))).rejects.toThrow('signature')
})
