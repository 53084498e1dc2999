import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import { type CredentialStage, openCredentialStage } from '../support/credential-stage.ts'
import { shareWorld } from '../support/share-world.ts'

let stage: CredentialStage
shareWorld(
  () => openCredentialStage(),
  (opened) => {
    stage = opened
  },
)

/** Calls, and says what the token endpoint and the API saw of it. */
async function seen(path: string, token?: string) {
  const [asked, called] = [stage.server.asked.length, stage.api.calls.length]
  const { status } = await stage.call(path, token)
  return { status, asked: stage.server.asked.slice(asked), calls: stage.api.calls.slice(called) }
}

describe('each way to prove who the gateway is works with a real authorization server', () => {
  it('client_secret_basic', async () => {
    const { status, asked } = await seen('/basic/things/1')
    expect([status, asked.length, asked[0]?.status]).toEqual([200, 1, 200])
    const pair = Buffer.from(asked[0]?.authorization?.slice(6) ?? '', 'base64').toString()
    expect(pair).toBe('basic:first-secret')
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
      grant_type: 'client_credentials',
      scope: 'read',
      resource: 'https://api.example/',
    })
  })

  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'])('I98 private_key_jwt with %s', async (alg) => {
    const id = alg.toLowerCase()
    const first = await seen(`/${id}/things/1`)
    const second = await seen(`/${id}/written/1`)
    expect([first.status, second.status]).toEqual([200, 200])
    const [one, other] = [...first.asked, ...second.asked].map(
      ({ form }) => form.get('client_assertion') ?? '',
    )
    expect(decodeProtectedHeader(one ?? '')).toEqual({
      alg,
      kid: expect.stringMatching(/^[\w-]{43}$/),
      typ: 'JWT',
    })
    const { iss, sub, aud, jti, iat = 0, exp = 0 } = decodeJwt(one ?? '')
    expect({ iss, sub, aud }).toEqual({ iss: id, sub: id, aud: stage.server.issuer })
    expect(exp - iat).toBeLessThanOrEqual(300)
    expect(exp).toBeGreaterThan(Date.now() / 1000)
    expect(decodeJwt(other ?? '').jti).not.toBe(jti)
    expect(first.asked[0]?.form.has('client_secret')).toBe(false)
    expect(first.asked[0]?.authorization).toBeUndefined()
  })

  it('tls_client_auth, and a token that is bound to the certificate goes through connections that show it', async () => {
    const { status, asked, calls } = await seen('/certified/things/1')
    expect([status, asked[0]?.certificate]).toEqual([200, 'gateway'])
    expect(Object.keys(Object.fromEntries(asked[0]?.form ?? []))).not.toContain('client_secret')
    const { cnf } = decodeJwt(calls[0]?.authorization.slice(7) ?? '') as { cnf?: Record<string, string> }
    expect(cnf?.['x5t#S256']).toBe(calls[0]?.thumbprint)
    expect(calls[0]?.thumbprint).toMatch(/^[\w-]{43}$/)
    const other = await seen('/basic/things/2')
    expect(other.calls[0]?.thumbprint, 'other upstreams see no certificate').toBeUndefined()
  })

  it('workload_jwt: the platform’s token, with its own issuer and subject, and no client id', async () => {
    const { status, asked } = await seen('/workload/things/1')
    expect(status).toBe(200)
    const form = Object.fromEntries(asked[0]?.form ?? [])
    expect(form.client_assertion_type).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    expect(decodeJwt(form.client_assertion ?? '')).toMatchObject({
      iss: 'https://platform.example',
      sub: 'system:serviceaccount:edge:gateway',
    })
    expect(form).not.toHaveProperty('client_id')
  })
})

it('RFC 8707: an operation for another resource gets a token of its own', async () => {
  const { asked, calls } = await seen('/basic/others/1')
  expect(asked[0]?.form.getAll('resource')).toEqual(['https://other.example/'])
  expect(decodeJwt(calls[0]?.authorization.slice(7) ?? '').aud).toBe('https://other.example/')
  expect((await seen('/basic/others/2')).asked).toEqual([])
})

describe('RFC 8693: the caller’s token is exchanged', () => {
  it('it goes to the token endpoint and nowhere else, and is exchanged once', async () => {
    const token = await stage.issuer.sign({ jti: 'one' })
    const first = await seen('/exchanger/things/1', token)
    expect(first.status).toBe(200)
    expect(Object.fromEntries(first.asked[0]?.form ?? [])).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: 'https://api.example',
      scope: 'read',
    })
    expect(JSON.stringify(first.calls)).not.toContain(token)
    expect((await seen('/exchanger/things/2', token)).asked).toEqual([])
    const output = stage.gateway.stdout() + stage.gateway.stderr() + (await stage.metrics())
    expect(output).not.toContain(token)
    expect(output).not.toContain(token.split('.')[2])
  })

  it('I95 another subject token, even of the same caller, is another token', async () => {
    const [one, two, b] = await Promise.all(
      [{ jti: 'x' }, { jti: 'y' }, { sub: 'svc-b' }].map((claims) => stage.issuer.sign(claims)),
    )
    const shown: (string | undefined)[] = []
    for (const token of [one, two, b, one]) {
      shown.push((await seen('/exchanger/things/1', token)).calls[0]?.authorization)
    }
    expect(new Set(shown).size).toBe(3)
    expect(shown[3]).toBe(shown[0])
  })
})

it('no secret shows in the log or in the metrics, and the age of each one does', async () => {
  const metrics = await stage.metrics()
  expect(stage.gateway.stderr() + metrics).not.toMatch(/first-secret|exchange-secret|PRIVATE KEY|eyJ/)
  for (const labels of [
    'basic",secret="client_secret',
    'es256",secret="private_key',
    'workload",secret="workload_token',
  ]) {
    const [, age] = new RegExp(`credential_age_seconds\\{upstream="${labels}"\\} (\\S+)`).exec(metrics) ?? []
    expect(Number(age)).toBeGreaterThan(0)
    expect(Number(age)).toBeLessThan(600)
  }
})
