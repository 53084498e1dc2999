// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { presets } from '@countersign/auth-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConfigFaults } from './config-faults.ts'
import { loadConfig } from './load.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const pem = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const env = {
  SECRET: 's3cret',
  KEY: Buffer.alloc(32, 7).toString('base64'),
  SHORT: Buffer.alloc(16, 7).toString('base64'),
  P256: pem('P-256'),
  P384: pem('P-384'),
}
const credential = { client_id: 'me', client_secret: '${env:SECRET}' }
const sound = {
  public: { listen: '127.0.0.1:8443', url: 'https://gateway.example/' },
  operators: [{ issuer: 'i', subject: 'ann' }],
  store: { file: 'store.json', keys: { a: '${env:KEY}' }, active: 'a' },
}
const webhook = { secret: '${env:SECRET}', forward_to: 'https://events.internal/x', audience: 'events' }

function load(gateway: object, upstreams: object = {}) {
  const file = join(folder, 'countersign.yaml')
  const issuers = { i: { kind: 'jwt', issuer: 'https://i.example' } }
  writeFileSync(
    file,
    JSON.stringify({ gateway: { audience: 'gw', listen: '127.0.0.1:0', ...gateway }, issuers, upstreams }),
  )
  return loadConfig(file, { env, presets })
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

it('makes ready values of what faces outside', () => {
  const { gateway, upstreams } = load(
    { ...sound, public: { ...sound.public, signing_key: '${env:P256}' } },
    {
      aurinko: {
        preset: 'aurinko',
        credential,
        webhook,
        consent: { scopes: ['Mail.Read'], alias: 'https://a.acme.example' },
      },
    },
  )
  expect(gateway.public).toMatchObject({ url: 'https://gateway.example', listen: { port: 8443 } })
  expect(gateway.store).toMatchObject({ file: join(folder, 'store.json'), keys: { active: 'a' } })
  expect(upstreams.get('aurinko')).toMatchObject({
    consentScopes: ['Mail.Read'],
    webhook: { forwardTo: 'https://events.internal/x', audience: 'events', timeoutMs: 4_000 },
    token: {
      grantType: 'consent',
      consent: {
        authorize: 'https://a.acme.example/v1/auth/authorizeDaemon',
        callback: 'https://a.acme.example/v1/auth/callback',
        exchange: 'https://api.aurinko.io/v1/auth/token/{code}',
      },
    },
  })
})

it('a consent needs a public listener, a store and operators; a webhook the first', () => {
  expect(faultsOf({}, { aurinko: { preset: 'aurinko', credential } })).toEqual([
    'gateway.public is missing, and the consent of aurinko needs it',
    'gateway.store is missing, and the consent of aurinko needs it',
    'gateway.operators is missing, and the consent of aurinko needs it',
  ])
  expect(faultsOf({}, { faable: { preset: 'faable', tenant: 'acme', credential, webhook } })).toEqual([
    'gateway.public is missing, and the webhook of faable needs it',
  ])
})

it('a webhook’s receiver has no longer than its assertion lives', () => {
  const faable = { preset: 'faable', tenant: 'acme', credential, webhook: { ...webhook, timeout: '61s' } }
  expect(faultsOf(sound, { faable })).toEqual(['upstreams.faable.webhook.timeout is out of range'])
})

it('neither is possible where the preset does not know of it', () => {
  expect(faultsOf(sound, { inbox: { preset: 'inbox-manager', credential, webhook, consent: {} } })).toEqual([
    'upstreams.inbox.webhook is not possible here: nobody knows how this upstream signs what it delivers',
    'upstreams.inbox.consent is not possible here: tokens of this upstream need no consent',
  ])
})

it.each([
  [
    'public',
    { listen: '0.0.0.0:8443', url: 'https://g.example' },
    'gateway.public.tls is missing, and callers reach this address over the network',
  ],
  [
    'public',
    { listen: '127.0.0.1:9090', url: 'https://g.example' },
    'gateway.public.listen is the same address as admin',
  ],
  [
    'public',
    { listen: '127.0.0.1:1', url: 'http://g.example' },
    'gateway.public.url is plain http: to another machine',
  ],
  [
    'public',
    { ...sound.public, signing_key: '${env:SECRET}' },
    'gateway.public.signing_key is not a P-256 private key in PEM',
  ],
  [
    'public',
    { ...sound.public, signing_key: '${env:P384}' },
    'gateway.public.signing_key is not a P-256 private key in PEM',
  ],
  ['operators', [{ issuer: 'j', subject: 'ann' }], 'gateway.operators[0].issuer names no issuer'],
  [
    'operators',
    [{ issuer: 'i', subject: '*' }],
    'gateway.operators[0].subject "*" is refused: nothing here means everything',
  ],
  [
    'store',
    { ...sound.store, keys: { a: '${env:SHORT}' } },
    'gateway.store.keys.a is not 32 bytes in Base64',
  ],
  [
    'store',
    { ...sound.store, keys: { a: env.KEY } },
    'gateway.store.keys.a is a secret and must be a reference, alone',
  ],
  ['store', { ...sound.store, active: 'b' }, 'gateway.store.active names no key'],
])('refuses %s: %j', (key, value, fault) => {
  expect(faultsOf({ ...sound, [key]: value })).toContain(fault)
})
