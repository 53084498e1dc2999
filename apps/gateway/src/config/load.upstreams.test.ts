// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { presets } from '@countersign/auth-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigFaults } from './config-faults.ts'
import { loadConfig } from './load.ts'
import type { UpstreamConfig } from './loaded-config.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const env = { SECRET: 's3cret', KEY: 'the-api-key', BAD: 'line\nbreak' }
const credential = { client_id: 'me', client_secret: '${env:SECRET}' }

function load(upstream: object, operations: readonly string[] = []): UpstreamConfig {
  const file = join(folder, 'countersign.yaml')
  const allow = operations.map((name) => ({ upstream: 'u', operations: [name] }))
  writeFileSync(
    file,
    JSON.stringify({
      gateway: { audience: 'gw', listen: '127.0.0.1:0' },
      issuers: { i: { kind: 'jwt', issuer: 'https://i.example' } },
      upstreams: { u: upstream },
      services: { s: { identities: [{ issuer: 'i', subject: 's' }], allow } },
    }),
  )
  const loaded = loadConfig(file, { env, presets }).upstreams.get('u')
  if (!loaded) throw new Error('not loaded')
  return loaded
}

function faultsOf(...parts: Parameters<typeof load>): string[] {
  try {
    load(...parts)
    return []
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error
    return error.faults.map(({ path, message }) => `${path} ${message}`)
  }
}

describe('addresses of a preset', () => {
  it('are filled in with the tenant', () => {
    expect(load({ preset: 'authaction', tenant: 'acme.eu', credential })).toMatchObject({
      url: 'https://acme.eu.authaction.com',
      token: {
        endpoint: 'https://acme.eu.authaction.com/oauth2/m2m/token',
        fallbackEndpoint: 'https://acme.eu.authaction.com/oauth/m2m/token',
        audience: 'https://acme.eu.authaction.com',
      },
    })
  })

  it('follow the url of the configuration, path or no path', () => {
    expect(load({ preset: 'authaction', url: 'https://auth.acme.example/x/', credential })).toMatchObject({
      url: 'https://auth.acme.example/x',
      token: {
        endpoint: 'https://auth.acme.example/oauth2/m2m/token',
        audience: 'https://auth.acme.example',
      },
    })
  })

  it('have no second one when the configuration gives the first', () => {
    const token = { endpoint: 'https://a.example/token' }
    expect(
      load({ preset: 'authaction', tenant: 'acme.eu', token, credential }).token.fallbackEndpoint,
    ).toBeUndefined()
  })

  it('need the tenant as long as one of them holds it', () => {
    expect(faultsOf({ preset: 'faable', credential })).toEqual(['upstreams.u.tenant is missing'])
    expect(faultsOf({ preset: 'faable', url: 'https://id.acme.example', credential })).toEqual([])
    expect(faultsOf({ preset: 'loginradius', credential })).toEqual(['upstreams.u.tenant is missing'])
  })

  it.each([
    'acme/',
    'acme.evil.example/',
    'a@b',
    'a:1',
    'a?b',
    '-a',
    'a..b',
    '.a',
    'ACME',
    'a_b',
    'a%2e',
    'ä',
  ])('take no tenant that is more than a part of a host name: %s', (tenant) => {
    expect(faultsOf({ preset: 'faable', tenant, credential })).toEqual([
      'upstreams.u.tenant is no part of a host name',
    ])
  })
})

describe('the credential of a preset with several schemes', () => {
  const tenant = 'acme'
  it('needs the members that an allowed operation shows, and no others', () => {
    const upstream = { preset: 'loginradius', tenant, credential }
    expect(faultsOf(upstream)).toEqual([])
    expect(faultsOf(upstream, ['organizations.list'])).toEqual(['upstreams.u.credential.api_key is missing'])
    expect(faultsOf(upstream, ['domains.*'])).toEqual([
      'upstreams.u.credential.api_key is missing',
      'upstreams.u.credential.api_secret is missing',
    ])
    const withKey = { ...upstream, credential: { ...credential, api_key: '${env:KEY}' } }
    expect(faultsOf(withKey, ['organizations.list', 'connections.*'])).toEqual([])
  })

  it('takes secrets as references only, and none that no scheme carries', () => {
    const written = { ...credential, api_key: 'written-out' }
    expect(faultsOf({ preset: 'loginradius', tenant, credential: written })).toEqual([
      'upstreams.u.credential.api_key is a secret and must be a reference, alone',
    ])
    const unknown = { ...credential, apikey: '${env:KEY}' }
    expect(faultsOf({ preset: 'loginradius', tenant, credential: unknown })).toEqual([
      'upstreams.u.credential.apikey is not known here',
    ])
    expect(faultsOf({ preset: 'inbox-manager', credential: unknown })).toEqual([
      'upstreams.u.credential.apikey is not known here',
    ])
  })

  it('has a version that changes with every member, and prints none of them', () => {
    const withKey = (api_key: string) =>
      load({ preset: 'loginradius', tenant, credential: { ...credential, api_key } })
    const [one, two] = [withKey('${env:KEY}'), withKey('${env:SECRET}')]
    expect(one.credential.version).not.toBe(two.credential.version)
    expect(inspect(one.credential, { depth: 9 }) + JSON.stringify(one.credential)).not.toMatch(
      /the-api-key|s3cret/,
    )
  })
})

describe('schemes of the configuration', () => {
  const base = {
    url: 'https://api.example',
    token: { endpoint: 'https://a.example' },
    operations: { 'a.read': { route: 'GET /a', scheme: 'key' } },
  }
  const key = { authorization: 'none', headers: { 'X-Api-Key': 'api_key' } }

  it('are taken, with field names in lower case', () => {
    const loaded = load({ ...base, schemes: { key }, credential: { ...credential, api_key: '${env:KEY}' } }, [
      'a.read',
    ])
    expect([...loaded.schemes]).toEqual([
      ['key', { authorization: 'none', headers: { 'x-api-key': 'api_key' } }],
    ])
  })

  it('must exist, and carry what can be carried', () => {
    expect(faultsOf({ ...base, credential })).toEqual(
      ['upstreams.u.operations["a.read"].scheme names no scheme'].map((text) =>
        text.replace('["a.read"]', '."a.read"'),
      ),
    )
    const bad = { ...base, schemes: { key }, credential: { ...credential, api_key: '${env:BAD}' } }
    expect(faultsOf(bad, ['a.read'])).toEqual([
      'upstreams.u.credential.api_key cannot stand in a header field',
    ])
    const colon = {
      ...base,
      schemes: { key: { authorization: 'basic' } },
      credential: { ...credential, client_id: 'a:b' },
    }
    expect(faultsOf(colon, ['a.read'])).toEqual([
      'upstreams.u.credential.client_id has a ":", where HTTP Basic begins the password (RFC 7617 2)',
    ])
  })

  it.each(['authorization', 'host', 'content-length', 'via', 'proxy-authorization', 'x-forwarded-for'])(
    'carry nothing in %s',
    (name) => {
      const scheme = { authorization: 'none', headers: { [name]: 'api_key' } }
      expect(faultsOf({ ...base, schemes: { key: scheme }, credential })).toHaveLength(1)
    },
  )
})
