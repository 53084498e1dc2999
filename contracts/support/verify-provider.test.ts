import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  answersJson,
  createScriptedEndpoint,
  type LoopbackServer,
  listenOnLoopback,
} from '@countersign/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { consumerOf } from './consumer.ts'
import { bearerFromState, fromState, wholly } from './matchers.ts'
import { mergePacts } from './merge-pacts.ts'
import { readPacts } from './read-pacts.ts'
import { verifyProvider } from './verify-provider.ts'

/** A consumer that gets a token with a form, and a provider that answers as it is told and keeps what it was sent. */
const provider = createScriptedEndpoint(answersJson({ access_token: 'a-token' }))
let server: LoopbackServer
beforeAll(async () => {
  server = await listenOnLoopback(createServer(provider.handle))
})
afterAll(() => server.close())
beforeEach(() => {
  provider.recover()
  provider.forget()
})

const folders: string[] = []
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'contracts-'))
  folders.push(made)
  return made
}
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true })
})

const clientSecret = 'a secret with + & % ü:'
function tokenRequest(url: string, secret = clientSecret): Promise<Response> {
  const form = new URLSearchParams([
    ['grant_type', 'client_credentials'],
    ['client_secret', secret],
    ['resource', 'a'],
    ['resource', 'b'],
  ])
  return fetch(`${url}/token`, { method: 'POST', body: form, headers: { authorization: 'Bearer example' } })
}

/** Writes the contract of that consumer, and returns where. */
async function contract({ state = 'the client is registered', secret = clientSecret } = {}): Promise<string> {
  const dir = folder()
  await consumerOf<string>({ consumer: 'form-consumer', provider: 'form-provider', dir })(
    {
      given: state,
      receives: 'a token request',
      request: {
        method: 'POST',
        path: '/token',
        headers: {
          'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
          authorization: bearerFromState('identity', 'example'),
        },
        body: { grant_type: 'client_credentials', client_secret: secret, resource: ['a', 'b'] },
      },
      response: { status: 200, body: { access_token: wholly(/[a-z-]+/, 'a-token') } },
    },
    (url) => tokenRequest(url),
  )
  const published = folder()
  const [pact] = mergePacts(readPacts(dir).map((found) => found.pact))
  writeFileSync(join(published, 'pact.json'), JSON.stringify(pact))
  return published
}

const registered = { 'the client is registered': async () => ({ identity: 'real-identity' }) }
const verify = (dir: string, states: Parameters<typeof verifyProvider>[0]['states'] = registered) =>
  verifyProvider<string>({ provider: 'form-provider', url: `http://${server.authority}`, states, dir })

describe('forms', () => {
  test('the consumer is held to each field', async () => {
    await expect(contract()).resolves.toBeDefined()
    await expect(contract({ secret: 'another secret' })).rejects.toThrow(/client_secret/)
  })

  test('the provider gets the form as it was, and the token that its state made', async () => {
    await verify(await contract())
    const [request] = provider.requests
    expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({
      authorization: 'Bearer real-identity',
    })
    expect([...new URLSearchParams(request?.body)].sort()).toEqual([
      ['client_secret', clientSecret],
      ['grant_type', 'client_credentials'],
      ['resource', 'a'],
      ['resource', 'b'],
    ])
  })
})

test('a content type in lower case is sent once all the same', async () => {
  const answer = await consumerOf<string>({ consumer: 'a', provider: 'b', dir: folder() })(
    {
      receives: 'a call that is refused',
      request: { method: 'GET', path: '/' },
      response: {
        status: 403,
        headers: { 'content-type': 'application/problem+json' },
        body: { status: 403 },
      },
    },
    (url) => fetch(url),
  )
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
})

test('nothing is reported to anyone, and no proxy stands between a test and its provider', () => {
  const { PACT_DO_NOT_TRACK, HTTP_PROXY, https_proxy, all_proxy } = process.env
  expect([PACT_DO_NOT_TRACK, HTTP_PROXY, https_proxy, all_proxy]).toEqual([
    'true',
    undefined,
    undefined,
    undefined,
  ])
})

describe('states', () => {
  test('one that nobody handles fails', async () => {
    await expect(verify(await contract(), {})).rejects.toThrow(
      'no handler makes the state "the client is registered" so',
    )
  })

  test('a handler that no contract asks for fails', async () => {
    const states = { ...registered, 'the moon is full': async () => undefined }
    await expect(verify(await contract(), states)).rejects.toThrow(
      'no contract asks for the state "the moon is full"',
    )
  })

  test('a handler that throws fails, although the answer fits', async () => {
    const states = { 'the client is registered': () => Promise.reject(new Error('the database is down')) }
    await expect(verify(await contract(), states)).rejects.toThrow('threw: the database is down')
  })
})

test('what only the provider knows reaches it, in a path as well, and nothing is not sent in chunks', async () => {
  const dir = folder()
  const path = fromState('/things/{thing}/revoke', { thing: 'example' })
  await consumerOf<string>({ consumer: 'a', provider: 'b', dir })(
    {
      given: 'a thing exists',
      receives: 'a revocation',
      request: { method: 'POST', path },
      response: { status: 200 },
    },
    (url) => fetch(`${url}/things/example/revoke`, { method: 'POST' }),
  )
  const states = { 'a thing exists': async () => ({ thing: 'real-thing' }) }
  await verifyProvider<string>({ provider: 'b', url: `http://${server.authority}`, states, dir })
  const [request] = provider.requests
  expect(request?.target).toBe('/things/real-thing/revoke')
  const names = request?.headers.map(([name]) => name.toLowerCase())
  expect(names).toContain('content-length')
  expect(names).not.toContain('transfer-encoding')
})

describe('answers', () => {
  const interaction = '✗ form-consumer and form-provider Given the client is registered - a token request'

  test('each difference is one line', async () => {
    provider.always(answersJson({ access_token: 17 }, 201))
    await expect(verify(await contract())).rejects.toThrow(
      [
        `${interaction}: BodyMismatch $.access_token: Expected '17' to match '^(?:[a-z-]+)$'`,
        `${interaction}: StatusMismatch: expected 200 but was 201`,
      ].join('\n'),
    )
  })

  test('and is told without what was answered where that may be a secret', async () => {
    provider.always(answersJson({ access_token: 'SECRET' }, 201))
    const url = `http://${server.authority}`
    const options = {
      provider: 'form-provider',
      url,
      states: registered,
      dir: await contract(),
      quotes: false,
    }
    await expect(verifyProvider(options)).rejects.toThrow(
      [
        `${interaction}: BodyMismatch $.access_token`,
        `${interaction}: StatusMismatch: expected 200 but was 201`,
      ].join('\n'),
    )
  })

  test('a value that fits only somewhere in its middle does not fit', async () => {
    provider.always(answersJson({ access_token: 'TOKEN with spaces and letters' }))
    await expect(verify(await contract())).rejects.toThrow("BodyMismatch $.access_token: Expected 'TOKEN")
  })

  test('a provider that no contract names fails: there would be nothing to verify', async () => {
    const dir = await contract()
    const nobody = verifyProvider({ provider: 'nobody', url: 'http://127.0.0.1:9', states: {}, dir })
    await expect(nobody).rejects.toThrow('no contract names the provider nobody')
  })
})
