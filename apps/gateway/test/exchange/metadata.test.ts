import { describe, expect, it } from 'vitest'
import { beginCase } from '../support/global-checks.ts'
import { bare, request } from '../support/request.ts'
import { shareWorld } from '../support/share-world.ts'
import { openStage } from '../support/stage.ts'
import { openExchangeStage } from './exchange-stage.ts'

let stage: Awaited<ReturnType<typeof openExchangeStage>>
shareWorld(
  () =>
    openExchangeStage(({ gateway }) => {
      gateway.url = 'https://gateway.internal:8080'
    }),
  (opened) => {
    stage = opened
  },
)

const resource = '/.well-known/oauth-protected-resource'
const server = '/.well-known/oauth-authorization-server'
const url = 'https://gateway.internal:8080'

async function ask(bytes: string) {
  const check = await beginCase(stage)
  const { responses } = await stage.caller.send(bytes)
  await check({ responses, authorised: 0 })
  const [response] = responses
  if (!response) throw new Error('no answer')
  return response
}

describe('J104 metadata of the protected resource (RFC 9728)', () => {
  it('is for anybody, and to be cached', async () => {
    const response = await ask(bare(`GET ${resource}`))
    expect(response.status).toBe(200)
    expect(response.header('cache-control')).toBe('public, max-age=300')
    expect(response.header('content-type')).toBe('application/json')
    expect(JSON.parse(response.text)).toEqual({
      resource: url,
      authorization_servers: [stage.issuer.issuer],
      bearer_methods_supported: ['header'],
      resource_name: 'Countersign',
    })
  })

  it('to HEAD says the same without a body', async () => {
    const [get, head] = [await ask(bare(`GET ${resource}`)), await ask(bare(`HEAD ${resource}`))]
    expect(head.header('content-length')).toBe(get.header('content-length'))
    expect(head.body.length).toBe(0)
  })

  it.each(['evil.test', 'gateway.internal.evil.test', 'g:1', '127.0.0.1'])(
    'is never built from the Host: %s',
    async (host) => {
      const response = await ask(bare(`GET ${resource}`).replace('Host: g', `Host: ${host}`))
      expect(JSON.parse(response.text).resource).toBe(url)
    },
  )

  it.each(['a b', 'a@evil.test', ''])('is not given to a Host that is none: %j', async (host) => {
    const response = await ask(bare(`GET ${resource}`).replace('Host: g', `Host: ${host}`))
    expect(response.status).toBe(400)
  })

  it.each(['X-Forwarded-Host: evil.test', 'Forwarded: host=evil.test', 'X-Forwarded-Proto: http'])(
    'nor from %s',
    async (field) => {
      expect(JSON.parse((await ask(bare(`GET ${resource}`, field))).text).resource).toBe(url)
    },
  )

  it.each(['/public', '/', '/u1', '/..%2f', '%2f', ';x', '/../admin'])(
    'is exactly its path: %s',
    async (more) => {
      const stranger = await ask(bare(`GET ${resource}${more}`))
      expect(stranger.status).toBeOneOf([400, 401])
      const known = await ask(request(`GET ${resource}${more}`))
      expect(known.status).toBeOneOf([400, 404])
    },
  )

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('cannot be changed by %s', async (method) => {
    const response = await ask(bare(`${method} ${resource}`, 'Content-Length: 0'))
    expect([response.status, response.header('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it('on the host of an upstream is the upstream’s path', async () => {
    const response = await ask(bare(`GET ${resource}`).replace('Host: g', 'Host: u1.gateway.internal'))
    expect(response.status).toBe(401)
  })

  it.each([
    ['without a credential', bare('GET /u1/public/x')],
    ['with a bad one', bare('GET /u1/public/x', 'Authorization: Bearer a.b.c')],
    ['at the token endpoint', bare('POST /oauth2/token', 'Content-Length: 0', 'Authorization: Basic x')],
  ])('is where a challenge points: %s', async (_how, bytes) => {
    const response = await ask(bytes)
    const challenge = response.header('www-authenticate')
    if (response.status === 401) expect(challenge).toContain(`resource_metadata="${url}${resource}"`)
    else expect(challenge).toBeUndefined()
  })
})

describe('metadata of the token endpoint (RFC 8414)', () => {
  it('says where tokens are exchanged', async () => {
    const response = await ask(bare(`GET ${server}`))
    expect(JSON.parse(response.text)).toEqual({
      issuer: url,
      token_endpoint: `${url}/oauth2/token`,
      response_types_supported: [],
      grant_types_supported: ['urn:ietf:params:oauth:grant-type:token-exchange'],
      token_endpoint_auth_methods_supported: ['none'],
    })
  })

  it.each(['/openid-configuration', '/oauth-authorization-server/u1'])(
    'and nothing is at %s',
    async (path) => {
      expect((await ask(request(`GET /.well-known${path}`))).status).toBe(404)
    },
  )

  it('is not there where no rule releases a token, nor anything where nobody says the address', async () => {
    await using plain = await openStage()
    const { responses } = await plain.caller.send(bare(`GET ${server}`))
    expect(responses[0]?.status).toBe(404)
    expect((await plain.caller.send(bare(`GET ${resource}`))).responses[0]?.text).toContain(
      '"resource":"https://gateway.internal"',
    )
  })
})

describe('J105 what the admin listener serves', () => {
  it.each([
    '/healthz',
    '/livez',
    '/readyz',
    '/metrics',
    '/access/v1/evaluation',
    '/metrics/../livez',
    '/livez;/',
  ])('is not on the data listener: %s', async (path) => {
    const probe = 'User-Agent: kube-probe/1.30'
    expect((await ask(bare(`GET ${path}`, probe))).status).toBeOneOf([400, 401])
    expect((await ask(request(`GET ${path}`, probe))).status).toBeOneOf([400, 404])
  })
})
