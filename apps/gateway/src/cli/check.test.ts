import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '../../test/support/gateway-process.ts'

const example = fileURLToPath(new URL('../../../../examples/inbox-manager', import.meta.url))

const env = {
  INTERNAL_ISSUER: 'http://127.0.0.1:4000',
  INBOX_MANAGER_URL: 'http://127.0.0.1:4001',
  INBOX_MANAGER_TOKEN_ENDPOINT: 'http://127.0.0.1:4002/oauth2/token',
  AUTH_BACKEND_ADMIN_CLIENT_ID: 'gateway',
  AUTH_BACKEND_ADMIN_CLIENT_SECRET: 's3cret-value',
}

/** The command in a process of its own, as a person runs it. */
function check(args: readonly string[], environment: Record<string, string> = env) {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  return spawnSync(process.execPath, [main, 'check', ...args], {
    encoding: 'utf8',
    env: { PATH, NODE_COMPILE_CACHE, ...environment },
  })
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a sound configuration', () => {
  it('is summed up: issuers, upstreams with their operations, services with their rules', () => {
    const { status, stdout, stderr } = check([example])
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/internal +jwt +http:\/\/127\.0\.0\.1:4000/)
    expect(stdout).toMatch(/inbox-manager +inbox-manager +15 +http:\/\/127\.0\.0\.1:4001/)
    expect(stdout).toMatch(
      /provisioning +inbox-manager +users\.\*, accounts\.\*, members\.\* +\S+provisioning\.yaml:10:9/,
    )
    expect(stdout).not.toContain('s3cret')
  })

  it('is summed up for machines', () => {
    const { status, stdout } = check(['--json', example])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      issuers: [{ name: 'internal', kind: 'jwt' }],
      upstreams: [{ name: 'inbox-manager', operations: 15 }],
      services: [{ name: 'marketing' }, { name: 'provisioning' }, { name: 'reporting' }],
    })
    expect(stdout).not.toContain('s3cret')
  })

  it('lists what can be called, by which name and with which scopes, where operations are asked for', () => {
    const faable = fileURLToPath(new URL('../../../../examples/faable', import.meta.url))
    const { status, stdout } = check([faable, '--policy-only', '--operations'], {})
    expect(status).toBe(0)
    expect(stdout).toMatch(/UPSTREAM +OPERATION +ROUTE +SCOPES/)
    expect(stdout).toMatch(/faable +users\.list +GET \/user +read:users\n/)
    expect(stdout).toMatch(/users\.remove +DELETE \/user\/\{user_id\} +delete:users +cannot be undone\n/)

    const { operations } = JSON.parse(check([example, '--operations', '--json']).stdout)
    expect(operations).toHaveLength(15)
    expect(operations).toContainEqual({
      upstream: 'inbox-manager',
      name: 'members.remove',
      method: 'DELETE',
      path: '/api/accounts/{account_id}/members/{member_id}',
      scopes: [],
      destructive: true,
    })
    expect(check([example]).stdout).not.toContain('members.remove ')
  })

  it('is summed up as it is written, where only the policy is asked for', () => {
    const file = join(folder, 'unfinished.yaml')
    writeFileSync(
      file,
      'gateway: { audience: gw, listen: "0.0.0.0:8080", tls: { cert: none.crt, key: none.key } }\n' +
        `issuers: { internal: { kind: jwt, issuer: "\${env:INTERNAL_ISSUER}" } }\n`,
    )
    const { status, stdout } = check([file, '--policy-only'], {})
    expect(status).toBe(0)
    expect(stdout).toContain(
      'Services call port 8080 of this host by https; gateway.url can say where that is.',
    )
    expect(stdout).toMatch(/internal +jwt +\$\{env:INTERNAL_ISSUER\}/)
  })
})

describe('where services call', () => {
  it.each([
    [
      'the listener itself',
      'audience: "https://gateway.internal", listen: "127.0.0.1:8080"',
      'http://127.0.0.1:8080',
    ],
    [
      'what gateway.url says, where it is on every interface',
      'audience: gw, url: "https://gw.internal:8443", listen: "0.0.0.0:8080", tls: "off"',
      'https://gw.internal:8443',
    ],
    [
      'what the audience says, where that is an address',
      'audience: "https://gateway.internal", listen: "[::]:8080", tls: "off"',
      'https://gateway.internal',
    ],
    ['nothing that would answer', 'audience: gw, listen: "[0::0]:8080", tls: "off"', null],
    ['no stand-in', `audience: gw, url: "\${env:NOWHERE}", listen: "0.0.0.0:8080", tls: "off"`, null],
  ])('is %s', (_what, gateway, url) => {
    const file = join(folder, 'listening.yaml')
    writeFileSync(file, `gateway: { ${gateway} }\n`)
    expect(JSON.parse(check(['--json', '--policy-only', file], {}).stdout)).toMatchObject({ ok: true, url })
  })
})

it('warnings go with what is fine', () => {
  const file = join(folder, 'exposed.yaml')
  writeFileSync(
    file,
    `gateway:
  audience: https://gateway.internal
  listen: 127.0.0.1:8080
  admin: 0.0.0.0:9090
  operators: [{ issuer: staff, subject: platform-team }]
issuers: { staff: { kind: jwt, issuer: "https://staff.example" } }
`,
  )
  const { status, stdout } = check([file], {})
  expect(status).toBe(0)
  expect(stdout).toContain('Services call http://127.0.0.1:8080.')
  expect(stdout).toContain(`warning: ${file}:4:10: gateway.admin is plain HTTP`)
})

describe('a bad configuration', () => {
  it('exits 1 and shows every fault with its line and a way out', () => {
    const { INTERNAL_ISSUER, INBOX_MANAGER_URL, ...rest } = env
    const { status, stdout, stderr } = check([example], rest)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain(
      'countersign.yaml:29:13: issuers.internal.issuer needs the environment variable INTERNAL_ISSUER',
    )
    expect(stderr).toContain('set INBOX_MANAGER_URL for the gateway')
    expect(stderr).toContain(`2 faults in ${example}`)
    expect([INTERNAL_ISSUER, INBOX_MANAGER_URL]).not.toContain(undefined)
  })

  it('exits 1 with the faults as JSON', () => {
    const file = join(folder, 'bad.yaml')
    writeFileSync(file, 'gateway: { audience: gw }\n')
    const { status, stdout } = check(['--json', file])
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      faults: [{ file, line: 1, column: 1, path: 'gateway.listen', message: 'is missing' }],
    })
  })
})

describe('wrong usage', () => {
  it.each([[[]], [['--jsn', example]], [[example, 'second']], [[join(tmpdir(), 'countersign-nowhere')]]])(
    '%j exits 2 and says so on standard error',
    (args) => {
      const { status, stdout, stderr } = check(args)
      expect([status, stdout]).toEqual([2, ''])
      expect(stderr).not.toBe('')
    },
  )

  it('is what --help is for, with an example', () => {
    const { status, stdout } = check(['--help'])
    expect(status).toBe(0)
    expect(stdout).toContain('countersign check examples/platform --policy-only')
  })
})
