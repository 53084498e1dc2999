// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { presets } from '@countersign/auth-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCertificate } from '../../test/support/certificate.ts'
import { ConfigFaults } from './config-faults.ts'
import { loadConfig } from './load.ts'
import type { LoadedConfig } from './loaded-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
const write = (name: string, content: string) => writeFileSync(join(folder, name), content)
const pem = { type: 'pkcs8', format: 'pem' } as const
const keys = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  EdDSA: generateKeyPairSync('ed25519'),
}

beforeAll(async () => {
  for (const [name, { privateKey }] of Object.entries(keys))
    write(`${name}.pem`, privateKey.export(pem) as string)
  const jwk = { ...keys.ES256.privateKey.export({ format: 'jwk' }), kid: 'of-the-jwk', alg: 'ES256' }
  write('key.jwk', JSON.stringify(jwk))
  write('alg.jwk', JSON.stringify({ ...jwk, alg: 'ES384' }))
  write('short.pem', generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export(pem) as string)
  write('half.pem', (keys.RS256.privateKey.export(pem) as string).slice(0, 400))
  const [own, other] = [await makeCertificate(), await makeCertificate()]
  write('client.crt', own.cert)
  write('client.key', own.key)
  write('other.key', other.key)
  write('secret', 's')
  write('token.jwt', 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJrIn0.c2ln\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function configuration(token: string, credential: string, more = ''): string {
  return `gateway: { audience: gw, listen: "127.0.0.1:0" }
upstreams:
  api:
    url: https://api.example
    token: ${token}
    credential: ${credential}
    operations: { a.read: { route: GET /a }, b.read: { route: GET /b } }
${more}
services: { ops: { identities: [{ issuer: login, subject: ops }], allow: [{ upstream: api, operations: [a.read] }] } }
issuers: { login: { kind: jwt, issuer: "https://login.example" } }`
}

function load(...parts: Parameters<typeof configuration>): LoadedConfig {
  write('countersign.yaml', configuration(...parts))
  return loadConfig(join(folder, 'countersign.yaml'), { env: { ID: 'x' }, presets })
}

function faultsOf(...parts: Parameters<typeof configuration>): readonly string[] {
  try {
    load(...parts)
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error
    return error.faults.map(
      ({ line, column, path, message, hint }) => `${line}:${column} ${path} ${message}: ${hint}`,
    )
  }
  return []
}

const at = (method: string) => `{ endpoint: "https://as.example/token", client_auth: ${method} }`

describe('private_key_jwt', () => {
  it.each([
    ['{ client_id: x, private_key: "${file:ES256.pem}", key_id: k1 }', 'ES256', 'k1'],
    ['{ client_id: x, private_key: "${file:RS256.pem}" }', 'RS256', expect.stringMatching(/^[\w-]{43}$/)],
    ['{ client_id: x, private_key: "${file:RS256.pem}", algorithm: PS256 }', 'PS256', expect.any(String)],
    ['{ client_id: x, private_key: "${file:EdDSA.pem}" }', 'EdDSA', expect.any(String)],
    ['{ client_id: x, private_key: "${file:key.jwk}" }', 'ES256', 'of-the-jwk'],
  ])('%s signs with %s', (credential, algorithm, keyId) => {
    const { signingKey } = load(at('private_key_jwt'), credential).upstreams.get('api')?.credential ?? {}
    expect(signingKey).toMatchObject({ algorithm, keyId, key: { type: 'private', extractable: false } })
  })
})

it('no secret is needed where none is used', () => {
  expect(faultsOf(at('workload_jwt'), '{ workload_token: "${file:token.jwt}" }')).toEqual([])
  const certified =
    '{ client_id: x, certificate: "${file:client.crt}", certificate_key: "${file:client.key}" }'
  expect(faultsOf(at('tls_client_auth'), certified)).toEqual([])
  const schemes = '    schemes: { key: { authorization: { word: Token, member: api_key } } }'
  expect(faultsOf('none', '{ api_key: "${file:secret}" }', schemes)).toEqual([])
})

describe('each mistake is told, with its place and what to do', () => {
  it.each([
    [
      at('private_key_jwt'),
      '{ client_id: x }',
      /^6:5 \S+private_key is missing: client_auth: private_key_jwt needs it/,
    ],
    [
      at('private_key_jwt'),
      '{ client_id: x, private_key: "${file:half.pem}" }',
      /^6:46 \S+ is not a private key.*openssl/,
    ],
    [
      at('private_key_jwt'),
      '{ client_id: x, private_key: "${file:short.pem}" }',
      /is no key for any known algorithm.*2048/,
    ],
    [at('private_key_jwt'), '{ client_id: x, private_key: "${file:alg.jwk}" }', /is no key for ES384/],
    [
      at('private_key_jwt'),
      '{ client_id: x, private_key: "${file:ES256.pem}", algorithm: RS256 }',
      /is no key for RS256/,
    ],
    [
      at('private_key_jwt'),
      '{ client_id: x, private_key: "${file:absent.pem}" }',
      /needs the file .*: there is no such file/,
    ],
    [at('private_key_jwt'), '{ client_id: x, private_key: hunter2 }', /is a secret and must be a reference/],
    [at('private_key_jwt'), '{ private_key: "${file:key.jwk}" }', /^6:5 \S+client_id is missing/],
    [
      at('tls_client_auth'),
      '{ client_id: x, certificate: "${file:client.crt}" }',
      /certificate_key is missing/,
    ],
    [
      at('tls_client_auth'),
      '{ client_id: x, certificate: "${file:client.crt}", certificate_key: "${file:other.key}" }',
      /certificate and certificate_key cannot be used together/,
    ],
    [at('workload_jwt'), '{ client_id: x }', /workload_token is missing: client_auth: workload_jwt/],
    [at('workload_jwt'), '{ workload_token: "${file:secret}" }', /workload_token is not a JSON Web Token/],
    [
      at('client_secret_basic'),
      '{ client_id: x }',
      /client_secret is missing: client_auth: client_secret_basic needs/,
    ],
    [
      at('client_secret_post'),
      '{ client_id: x, client_secret: "${file:secret}", private_key: "${file:key.jwk}" }',
      /private_key is used by nothing: .*it is client_secret_post/,
    ],
    ['none', '{ api_key: "${file:secret}" }', /token is none, and no scheme shows anything else/],
    [
      '{ issuer: "https://as.example?x" }',
      '{ client_id: x, client_secret: "${file:secret}" }',
      /is no issuer \(RFC 8414/,
    ],
    [
      '{ endpoint: "https://as.example", resource: "/x" }',
      '{ client_id: x, client_secret: "${file:secret}" }',
      /resource/,
    ],
    [
      '{ endpoint: "https://as.example", parameters: { subject_token: x } }',
      '{ client_id: x, client_secret: "${file:secret}" }',
      /is set by the gateway itself/,
    ],
    [
      '{ endpoint: "https://as.example", certificate_bound: true }',
      '{ client_id: x, client_secret: "${file:secret}" }',
      /certificate is missing: token.certificate_bound/,
    ],
  ])('%s %s', (token, credential, expected) => {
    const faults = faultsOf(token, credential)
    expect(faults).toContainEqual(expect.stringMatching(expected))
    expect(faults.join(' ')).not.toMatch(/BEGIN|hunter2|eyJ/)
  })

  it('a scheme of a token, where there is none', () => {
    const schemes = '    schemes: { t: { authorization: bearer } }'
    expect(faultsOf('none', '{ api_key: "${file:secret}" }', schemes)).toContainEqual(
      expect.stringMatching(/token is none, and a.read, which a rule allows, shows a token/),
    )
  })

  it('a member that a rule’s operation shows', () => {
    const schemes = '    schemes: { k: { authorization: { word: Bearer, member: api_key } } }'
    expect(faultsOf('none', '{}', schemes)).toContainEqual(
      expect.stringMatching(/credential.api_key is missing/),
    )
  })
})

it('LoginRadius with its API keys alone: a client’s id and secret are not asked for', () => {
  write(
    'countersign.yaml',
    `gateway: { audience: gw, listen: "127.0.0.1:0" }
upstreams:
  lr: { preset: loginradius, tenant: acme, credential: { api_key: "\${file:secret}", api_secret: "\${file:secret}" } }
issuers: { login: { kind: jwt, issuer: "https://login.example" } }
services:
  ops: { identities: [{ issuer: login, subject: ops }], allow: [{ upstream: lr, operations: [domains.*] }] }`,
  )
  const config = loadConfig(join(folder, 'countersign.yaml'), { env: {}, presets })
  expect(config.upstreams.get('lr')?.credential.clientId).toBeUndefined()
})

it('the age of a secret is that of its file', () => {
  const then = new Date('2026-01-01T00:00:00Z')
  utimesSync(join(folder, 'secret'), then, then)
  const { secretTimes } = load(
    at('client_secret_basic'),
    '{ client_id: "${env:ID}", client_secret: "${file:secret}" }',
  )
  expect(secretTimes.get('api')).toEqual(new Map([['client_secret', then.getTime()]]))
})
