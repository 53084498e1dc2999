// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
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

const yaml = `
gateway:
  audience: \${env:AUDIENCE}
  url: \${env:URL}
  admin_url: \${env:ADMIN_URL}
  listen: \${env:LISTEN}
  tls: { cert: /nowhere/tls.crt, key: /nowhere/tls.key }
  public: { listen: "\${env:PUBLIC_LISTEN}", url: "\${env:PUBLIC_URL}" }
  operators: [{ issuer: login, subject: staff }]
  store: { file: "\${env:STORE}", keys: { first: "\${env:STORE_KEY}" }, active: first }
issuers:
  login: { kind: jwt, issuer: "\${env:ISSUER}" }
  files: { kind: jwt, issuer: "https://files.example", jwks: "file:/nowhere/jwks.json" }
upstreams:
  inbox:
    preset: inbox-manager
    url: https://\${env:TENANT}.example
    token: { endpoint: "\${env:ENDPOINT}" }
    credential: { client_id: "\${env:ID}", client_secret: "\${file:/nowhere/secret}" }
  mail:
    preset: aurinko
    credential: { client_id: "\${env:MAIL_ID}", client_secret: "\${env:MAIL_SECRET}" }
services:
  ops:
    identities: [{ issuer: login, subject: "\${env:SUBJECT}" }]
    allow:
      - { upstream: inbox, operations: [users.create] }
      - { upstream: mail, operations: [service-accounts.list] }
`

it('needs no secret, variable or file where only the policy is asked for', () => {
  const file = join(folder, 'countersign.yaml')
  writeFileSync(file, yaml)
  expect(() => loadConfig(file, { env: {}, presets })).toThrow(ConfigFaults)
  const { gateway, services, upstreams } = loadConfig(file, { env: {}, presets, policyOnly: true })
  expect(gateway.audience).toBe('${env:AUDIENCE}')
  expect(upstreams.get('inbox')?.url).toBe('https://unresolved.example')
  expect(services.get('ops')?.identities).toEqual([{ issuer: 'login', subject: '${env:SUBJECT}' }])
})

it('and still finds every fault of the policy', () => {
  const file = join(folder, 'countersign.yaml')
  writeFileSync(file, yaml.replace('[users.create]', '[users.crate]'))
  expect(() => loadConfig(file, { env: {}, presets, policyOnly: true })).toThrow(
    /users\[0\]|names no operation/,
  )
})
