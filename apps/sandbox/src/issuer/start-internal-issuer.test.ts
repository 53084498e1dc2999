import { createRemoteJWKSet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { startInternalIssuer } from './start-internal-issuer.ts'

const ask = async (url: string, body: URLSearchParams | string) => {
  const headers = typeof body === 'string' ? { 'content-type': 'application/json' } : {}
  const answer = await fetch(url, { method: 'POST', body, headers })
  return { status: answer.status, body: (await answer.json()) as Record<string, string> }
}

test('a service gets an identity that verifies through discovery, asked for by form or by JSON', async () => {
  await using issuer = await startInternalIssuer({ audience: 'https://gw.example', lifetimeSeconds: 60 })
  const discovery = await fetch(`${issuer.issuer}/.well-known/openid-configuration`)
  const document = (await discovery.json()) as { issuer: string; jwks_uri: string }
  const keys = createRemoteJWKSet(new URL(document.jwks_uri))
  for (const body of [new URLSearchParams({ service: 'provisioning' }), '{"service":"provisioning"}']) {
    const answer = await ask(issuer.tokenEndpoint, body)
    const { payload } = await jwtVerify(answer.body.access_token ?? '', keys, {
      issuer: document.issuer,
      audience: 'https://gw.example',
      subject: 'provisioning',
      requiredClaims: ['exp', 'iat', 'jti'],
    })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60)
  }
})

test('a name that is none, or not on the list, gets nothing', async () => {
  await using open = await startInternalIssuer()
  for (const body of ['{}', '{"service":"a b"}', '{"service":["a"]}', '{"service":""}']) {
    expect((await ask(open.tokenEndpoint, body)).status).toBe(400)
  }
  await using listed = await startInternalIssuer({ services: ['reporting'] })
  expect((await ask(listed.tokenEndpoint, '{"service":"reporting"}')).status).toBe(200)
  expect((await ask(listed.tokenEndpoint, '{"service":"billing"}')).status).toBe(400)
})
