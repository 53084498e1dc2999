import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { presets } from '@countersign/auth-core'
import { expect, it } from 'vitest'
import { ConfigFaults } from './config-faults.ts'
import { loadConfig } from './load.ts'

const known = `
gateway: { audience: gw, listen: "127.0.0.1:8080" }
issuers: { login: { kind: jwt, issuer: "https://login.internal" } }
`
const releasing = (operation: string) => `
services:
  ops:
    identities: [{ issuer: login, subject: ops }]
    allow:
      - { upstream: api, operations: [${operation}], release: token }
`

function messagesOf(text: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  try {
    writeFileSync(join(folder, 'countersign.yaml'), text)
    loadConfig(folder, { env: {}, presets, policyOnly: true })
    return []
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error
    return error.faults.map(({ path, message }) => `${path} ${message}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const api = (token: string) => `
upstreams:
  api:
    url: https://api.example
    token: ${token}
    credential: { client_id: x, client_secret: "\${env:SECRET}" }
    operations: { a.read: { route: GET /a } }
`

it('a bearer token may be released', () => {
  expect(messagesOf(known + api('{ endpoint: "https://auth.example/token" }') + releasing('a.read'))).toEqual(
    [],
  )
})

it('one that is had for the caller’s own may not: the caller can do that itself', () => {
  const token = '{ grant_type: token_exchange, endpoint: "https://auth.example/token" }'
  expect(messagesOf(known + api(token) + releasing('a.read'))).toEqual([
    expect.stringMatching(/^services\.ops\.allow\[0\]\.release cannot be: tokens of api are had in exchange/),
  ])
})

it('nor is a credential of the configuration, which some operations take in place of a token', () => {
  const loginradius = `
upstreams:
  api:
    preset: loginradius
    tenant: acme
    credential: { client_id: x, client_secret: "\${env:SECRET}", api_key: "\${env:KEY}", api_secret: "\${env:KEY}" }
`
  const released = (operation: string) =>
    messagesOf(known + loginradius + releasing(operation)).filter((message) => message.includes('.release'))
  expect(released('organizations.*')).toEqual([])
  expect(released('connections.*')).toEqual([
    expect.stringMatching(/cannot be: api takes its configured credential, not a token, for connections\./),
  ])
})
