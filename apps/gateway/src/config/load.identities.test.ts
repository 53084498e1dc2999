import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { presets } from '@countersign/auth-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigFaults } from './config-faults.ts'
import { loadConfig } from './load.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  writeFileSync(join(folder, 'bundle.json'), '{"keys":[]}')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const issuers = {
  cluster: { kind: 'kubernetes', issuer: 'https://cluster.example' },
  prod: { kind: 'spiffe', trust_domain: 'prod.example', bundle: 'file:bundle.json' },
  github: { kind: 'github-actions' },
  login: { kind: 'jwt', issuer: 'https://login.example' },
}

function load(parts: { issuers?: object; one?: object[]; other?: object[] }) {
  const usual = [{ issuer: 'login', subject: 'usual' }]
  const services = {
    one: { identities: parts.one ?? usual, allow: [] },
    ...(parts.other && { other: { identities: parts.other, allow: [] } }),
  }
  const gateway = { audience: 'gw', listen: '127.0.0.1:8080' }
  const file = join(folder, 'countersign.yaml')
  writeFileSync(file, JSON.stringify({ gateway, issuers: { ...issuers, ...parts.issuers }, services }))
  return loadConfig(file, { env: {}, presets })
}

function faultsOf(parts: Parameters<typeof load>[0]): string[] {
  try {
    load(parts)
    return []
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error
    return error.faults.map(({ path, message }) => `${path} ${message}`)
  }
}

const at = 'services.one.identities[0]'
const repository = { repository_id: '1' }

describe('an identity', () => {
  it.each([
    ['of anybody', { issuer: 'login' }, `${at} is everybody of its issuer`],
    ['of a part of a segment', { issuer: 'login', subject: 'a:b*' }, `${at}.subject has a "*" that is not`],
    ['of a user', { issuer: 'cluster', subject: 'system:node:a' }, `${at}.subject is no service account`],
    ['of an account by uid alone', { issuer: 'cluster', uid: 'u' }, `${at} is everybody`],
    ['pinned elsewhere', { issuer: 'login', subject: 's', uid: 'u' }, `${at}.uid has no place here`],
    ['of another trust domain', { issuer: 'prod', subject: 'spiffe://x/a' }, `${at}.subject is no workload`],
    ['of a whole trust domain', { issuer: 'prod', subject: 'spiffe://prod.example' }, `${at}.subject is no`],
    ['of a repository’s name', { issuer: 'github', claims: { repository: 'o/r' } }, `${at}.claims names no`],
    ['of all an owner has', { issuer: 'github', claims: { repository_owner_id: '1' } }, `${at}.claims names`],
    ['of an id as number', { issuer: 'github', claims: { repository_id: 1 } }, `${at}.claims has a value`],
    ['with an empty list', { issuer: 'login', claims: { a: [] } }, `${at}.claims.a`],
    ['of any claims', { issuer: 'login', claims: {} }, `${at}.claims has an empty map`],
    [
      'of any claim inside',
      { issuer: 'login', claims: { org: { unit: {} } } },
      `${at}.claims has an empty map`,
    ],
    [
      'with one among others',
      { issuer: 'login', subject: 's', claims: { a: 1, org: {} } },
      `${at}.claims has an empty map`,
    ],
  ])('%s is a fault', (_what, identity, fault) => {
    expect(faultsOf({ one: [identity] })).toEqual([expect.stringContaining(fault)])
  })

  it.each([
    [{ issuer: 'cluster', subject: 'system:serviceaccount:ops:*' }],
    [{ issuer: 'cluster', subject: 'system:serviceaccount:ops:api', uid: 'u' }],
    [{ issuer: 'prod', subject: 'spiffe://prod.example/ns/*/sa/api' }],
    [
      {
        issuer: 'github',
        claims: { repository_owner_id: '1', job_workflow_ref: 'o/r/.github/w.yml@refs/heads/main' },
      },
    ],
    [{ issuer: 'login', claims: { tenant: ['a', 'b'], level: 1, nested: { deep: true } } }],
  ])('%j is none', (identity) => {
    expect(faultsOf({ one: [identity] })).toEqual([])
  })
})

describe('identities of two services', () => {
  it.each([
    [{ issuer: 'login', subject: 'a' }, { issuer: 'login', subject: 'a' }, 'is the same identity'],
    [{ issuer: 'login', subject: 'a:b' }, { issuer: 'login', subject: 'a:*' }, 'can be the same identity'],
    [
      { issuer: 'login', subject: 'a' },
      { issuer: 'login', subject: 'a', claims: { x: 1 } },
      'can be the same',
    ],
    [
      { issuer: 'github', claims: repository },
      { issuer: 'github', claims: { ...repository, ref: 'r' } },
      'can be',
    ],
  ])('%j and %j are a fault', (one, other, fault) => {
    expect(faultsOf({ one: [one], other: [other] })).toEqual([
      expect.stringMatching(
        new RegExp(`^services\\.other\\.identities\\[0\\] ${fault}.* as ${at.replace(/[[\].]/g, '\\$&')}`),
      ),
    ])
  })

  it.each([
    [
      { issuer: 'login', subject: 'a' },
      { issuer: 'prod', subject: 'spiffe://prod.example/a' },
    ],
    [
      { issuer: 'github', claims: repository },
      { issuer: 'github', claims: { repository_id: '2' } },
    ],
    [
      { issuer: 'login', claims: { x: 1 } },
      { issuer: 'login', claims: { y: 1 } },
    ],
  ])('%j and %j are none: they are apart, or only a token can tell', (one, other) => {
    expect(faultsOf({ one: [one], other: [other] })).toEqual([])
  })
})

describe('an issuer', () => {
  it.each([
    [
      'that signs as another',
      { copy: { ...issuers.login } },
      'issuers.copy.issuer is the same as that of login',
    ],
    ['of a trust domain that has one', { copy: issuers.prod }, 'issuers.copy.trust_domain is the same as'],
    [
      'of legacy tokens',
      { old: { kind: 'kubernetes', issuer: 'kubernetes/serviceaccount', jwks: 'https://k.example/jwks' } },
      'issuers.old.issuer is that of legacy tokens',
    ],
    [
      'with a URL as trust domain',
      { p: { ...issuers.prod, trust_domain: 'spiffe://x' } },
      'issuers.p.trust_domain is no',
    ],
    ['without a bundle', { p: { kind: 'spiffe', trust_domain: 'x' } }, 'issuers.p.bundle is missing'],
    [
      'whose bundle is something else',
      { p: { ...issuers.prod, trust_domain: 'x', bundle: 'file:countersign.yaml' } },
      'issuers.p.bundle names a file that is not a SPIFFE bundle',
    ],
    [
      'with an algorithm that SVIDs never have',
      { p: { ...issuers.prod, trust_domain: 'x', algorithms: ['EdDSA'] } },
      'issuers.p.algorithms[0] must be one of',
    ],
    [
      'with a token for whom it is not',
      { l: { ...issuers.login, issuer: 'https://l.example', token_file: 'x' } },
      'issuers.l.token_file is not known here',
    ],
    [
      'with a token that is not there',
      { k: { ...issuers.cluster, issuer: 'https://k.example', token_file: 'none' } },
      'issuers.k.token_file names the file',
    ],
    [
      'with an authority that is none',
      { k: { ...issuers.cluster, issuer: 'https://k.example', ca: 'bundle.json' } },
      'issuers.k.ca names a file without a certificate',
    ],
  ])('%s is a fault', (_what, more, fault) => {
    expect(faultsOf({ issuers: more })).toEqual([expect.stringContaining(fault)])
  })
})

it('an entry in PEM becomes an authority of the trust domain', () => {
  const pem = `-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n`
  writeFileSync(join(folder, 'bundle.json'), pem)
  expect(load({}).issuers.get('prod')?.keys).toMatchObject({
    text: JSON.stringify({ keys: [{ use: 'x509-svid', x5c: ['MAA='] }] }),
  })
})
