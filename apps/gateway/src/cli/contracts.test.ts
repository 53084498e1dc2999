import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { main } from '../../test/support/gateway-process.ts'
import { contractsCommand } from './contracts.ts'

const gateway = `
gateway: { audience: gw, listen: "127.0.0.1:8080" }
issuers: { login: { kind: jwt, issuer: "https://login.internal" } }
upstreams:
  faable:
    preset: faable
    tenant: acme
    credential: { client_id: "\${env:NOBODY_SET_THIS}", client_secret: "\${file:/nowhere}" }
  inbox-manager:
    preset: inbox-manager
    credential: { client_id: "\${env:NOBODY_SET_THIS}", client_secret: "\${file:/nowhere}" }
`
const services = (rules: string) => `
services:
  support:
    identities: [{ issuer: login, subject: support }]
    allow:${rules}
`
const readsUsers = '\n      - { upstream: faable, operations: [users.get, users.list] }'

let folder: string
let out: string
let err: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  mkdirSync(join(folder, 'pacts'))
  policy(readsUsers)
  out = ''
  err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text)
    return true
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  rmSync(folder, { recursive: true, force: true })
})

function policy(rules: string): void {
  writeFileSync(join(folder, 'countersign.yaml'), gateway + services(rules))
}

/** Version 4, unless `pact` says otherwise. */
function pact(consumer: string, interactions: readonly object[], provider = 'countersign-gateway'): void {
  const content = { consumer: { name: consumer }, provider: { name: provider }, interactions }
  writeFileSync(join(folder, 'pacts', `${consumer}-${provider}.json`), JSON.stringify(content))
}

interface Asked {
  readonly body?: object
  readonly query?: Record<string, string[]>
  readonly params?: object
  readonly headers?: Record<string, string[]>
  /** The gateway's own. */
  readonly code?: string
  readonly status?: number
}
function interaction(call: string, { body, query, params, headers, code, status = 200 }: Asked = {}): object {
  const [method, path] = call.split(' ')
  const contentType = 'application/json'
  const fault = { content: { code }, contentType: 'application/problem+json', encoded: false }
  return {
    type: 'Synchronous/HTTP',
    description: code ? `${call}, refused` : call,
    providerStates: [{ name: 'it is so', ...(params && { params }) }],
    request: { method, path, query, headers, body: body && { content: body, contentType, encoded: false } },
    response: { status, ...(code && { body: fault }) },
  }
}

async function contracts(...args: readonly string[]): Promise<number> {
  out = ''
  err = ''
  process.exitCode = undefined
  const pacts = join(folder, 'pacts')
  await new Command()
    .addCommand(contractsCommand())
    .parseAsync(['contracts', args[0] ?? '', '--pacts', pacts, ...args.slice(1)], { from: 'user' })
  out = stripVTControlCharacters(out)
  return Number(process.exitCode ?? 0)
}
const check = (...args: readonly string[]) =>
  contracts('check', '--policy', join(folder, 'countersign.yaml'), ...args)

/** Suggests, and makes the suggestion the policy. */
async function adopt(...args: readonly string[]): Promise<number> {
  const code = await contracts('suggest', ...args)
  writeFileSync(join(folder, 'countersign.yaml'), out)
  return code
}

const getUser = interaction('GET /faable/user/u_1')
const revoke = 'POST /faable/session/s_1/revoke'

describe('pacts that cannot be read', () => {
  it.each([
    ['no pact', () => {}, 'no pact in'],
    ['half a pact', () => writeFileSync(join(folder, 'pacts', 'half.json'), '{'), 'half.json is no pact'],
  ])('are a finding, in JSON as well: %s', async (_what, prepare, why) => {
    prepare()
    expect(await check()).toBe(1)
    expect([out, err]).toEqual(['', expect.stringContaining(why)])
    const said = err
    expect(await check('--json')).toBe(1)
    expect(JSON.parse(out)).toEqual({ ok: false, why: said.trimEnd() })
  })

  it('are wrong usage where a file is given for the folder', async () => {
    rmSync(join(folder, 'pacts'), { recursive: true })
    writeFileSync(join(folder, 'pacts'), '{}')
    const command = [main, 'contracts', 'check', '--policy', 'countersign.yaml', '--pacts', 'pacts']
    const { status, stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' })
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^there is no folder pacts\n/)])
  })

  it('count once, however many links lead to them: a mounted volume has several', async () => {
    pact('support', [getUser])
    symlinkSync('.', join(folder, 'pacts', '..data'))
    expect(await check('--json')).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ ok: true, needs: [expect.anything()] })
  })
})

describe('check', () => {
  it('says for every interaction by which rule it is allowed, and with which scopes', async () => {
    pact('support', [getUser])
    expect(await check()).toBe(0)
    expect(out).toContain('✓ GET /faable/user/u_1')
    expect(out).toMatch(/support allow\[0\] \(.*countersign\.yaml:17:9\), scopes: read:users/)
  })

  it('fails a need that is denied, and the rule that it names allows it', async () => {
    pact('support', [getUser, interaction(revoke)])
    expect(await check()).toBe(1)
    expect(out).toMatch(/✗ it is so \/ POST \/faable\/session\/s_1\/revoke/)
    const [rule] = /- \{ upstream: faable, operations: \[sessions\.revoke\] \}/.exec(out) ?? []
    policy(`${readsUsers}\n      ${rule}`)
    expect(await check()).toBe(0)
  })

  it('evaluates conditions with the example’s body, query and header fields, and the claims of its state', async () => {
    policy(`
      - { upstream: faable, operations: [users.create], when: 'request.body.email.endsWith("@a.example")' }
      - { upstream: faable, operations: [logs.list], when: 'int(request.query.limit) <= 10' }
      - { upstream: faable, operations: [users.remove], when: 'request.headers["x-ticket"] == "T"' }
      - { upstream: faable, operations: [users.get], when: identity.claims.group == "l2" }`)
    const create = 'POST /faable/user'
    pact('support', [
      interaction(create, { body: { email: 'x@a.example' } }),
      interaction('GET /faable/logs', { query: { limit: ['10'] } }),
      interaction('DELETE /faable/user/u_1', { headers: { 'X-Ticket': ['T'] } }),
      interaction('GET /faable/user/u_1', { params: { claims: { group: 'l2' } } }),
    ])
    expect(await check()).toBe(0)
    pact('support', [
      interaction(create, { body: { email: 'x@b.example' } }),
      interaction('GET /faable/logs', { query: { limit: ['11'] } }),
      interaction('DELETE /faable/user/u_1'),
      interaction('GET /faable/user/u_1', { params: { claims: { group: 'l1' } } }),
    ])
    expect(await check()).toBe(1)
    expect(out).toContain('4 not met')
    expect(out).toContain('includes it, but when: request.body.email.endsWith("@a.example") is false')
  })

  it('holds a refusal to be one, by the code that the contract names', async () => {
    const refused = interaction(revoke, { status: 403, code: 'policy.refused' })
    const unknown = interaction('GET /faable/nothing', { status: 404, code: 'route.unknown' })
    pact('support', [getUser, refused, unknown])
    expect(await check()).toBe(0)
    policy(`${readsUsers}\n      - { upstream: faable, operations: [sessions.*] }`)
    expect(await check()).toBe(1)
    expect(out).toMatch(/expected policy\.refused, it is let through by support allow\[1\] \(.*:18:9\)/)
  })

  it('has nothing to say about what ends before policy, and takes an upstream’s refusal for a call', async () => {
    pact('support', [
      interaction('GET /faable/user/u_1', { status: 401, code: 'identity.expired' }),
      interaction('GET /.well-known/oauth-protected-resource'),
      interaction('GET /faable/user/u_2', { status: 503, code: 'mint.unavailable' }),
    ])
    expect(await check('--json')).toBe(0)
    const { needs } = JSON.parse(out)
    expect(needs.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['unasked', 'unasked', 'met'])
  })

  it('knows who is who by name, by mapping, by the state; a name that is no service fails', async () => {
    pact('help-desk', [getUser])
    expect(await check()).toBe(1)
    expect(out).toContain('there is no service "help-desk"')
    expect(await check('--consumer', 'help-desk=support')).toBe(0)
    pact('help-desk', [interaction('GET /faable/user/u_1', { params: { service: 'support' } })])
    expect(await check()).toBe(0)
    expect(out).toContain('help-desk (as support)')
  })

  it('skips other providers, messages and who is ignored, and says so', async () => {
    const message = { type: 'Asynchronous/Messages', description: 'a line of the record' }
    pact('support', [getUser, message])
    pact('countersign-gateway', [interaction('GET /user')], 'faable-api')
    pact('library', [interaction('DELETE /faable/user/u_1')])
    expect(await check('--ignore', 'library')).toBe(0)
    expect(out).toMatch(/support → countersign-gateway +1 +messages/)
    expect(out).toMatch(/countersign-gateway → faable-api +1 +another provider/)
    expect(out).toMatch(/library → countersign-gateway +1 +ignored/)
  })

  it('reads the older versions of pact as well', async () => {
    policy('\n      - { upstream: faable, operations: [users.create], when: request.body.email == "a" }')
    const request = {
      method: 'post',
      path: '/faable/user',
      query: 'x=1',
      body: { email: 'a' },
      headers: { A: 'b' },
    }
    pact('support', [{ description: 'old', providerState: 'it is so', request, response: { status: 201 } }])
    expect(await check()).toBe(0)
  })

  it.each([
    [
      'a file that is no pact',
      () => writeFileSync(join(folder, 'pacts', 'x.json'), '{}'),
      'x.json is no pact: consumer',
    ],
    [
      'a file that is no JSON',
      () => writeFileSync(join(folder, 'pacts', 'x.json'), '{'),
      'x.json is no pact',
    ],
    ['no contract at all', () => pact('a', [], 'b'), 'it has pacts with: b'],
  ])('%s fails: it would prove nothing', async (_what, write, says) => {
    write()
    expect(await check()).toBe(1)
    expect(err).toContain(says)
  })
})

describe('check --least-privilege', () => {
  it('finds operations, scopes and shadow that no contract uses', async () => {
    policy(`${readsUsers}\n      - { upstream: faable, operations: [logs.list, sessions.revoke] }`)
    pact('support', [getUser, interaction('GET /faable/logs')])
    expect(await check('--least-privilege', '--json')).toBe(1)
    const place = (line: number) => [expect.stringContaining(`countersign.yaml:${line}:9`)]
    const grant = { service: 'support', upstream: 'faable', destructive: false }
    expect(JSON.parse(out).unused).toEqual([
      { ...grant, kind: 'operation', name: 'users.list', positions: place(17) },
      { ...grant, kind: 'operation', name: 'sessions.revoke', destructive: true, positions: place(18) },
      { ...grant, kind: 'scope', name: 'update:sessions', positions: place(18) },
    ])
  })

  it('finds nothing where every grant is used', async () => {
    pact('support', [getUser, interaction('GET /faable/user')])
    expect(await check('--least-privilege')).toBe(0)
  })
})

describe('suggest', () => {
  it('writes the smallest policy out of nothing but pacts, and the check finds nothing in it', async () => {
    pact('support', [getUser, interaction('GET /inbox-manager/api/accounts')])
    pact('billing', [
      interaction('GET /loginradius/v2/manage/organizations'),
      interaction('GET /aurinko/v1/calendars'),
    ])
    expect(await adopt()).toBe(0)
    expect(out).toContain('- { upstream: faable, operations: [users.get] }')
    expect(await check('--least-privilege')).toBe(0)
  })

  it('keeps the conditions, limits and identities of a policy, and none of what is not used', async () => {
    policy(`
      - { upstream: faable, operations: [sessions.*], when: '"l2" in identity.claims.groups', limit: 20/minute }`)
    pact('support', [getUser, interaction(revoke, { params: { claims: { groups: ['l2'] } } })])
    expect(await adopt('--policy', join(folder, 'countersign.yaml'))).toBe(0)
    expect(out).toContain(`      - upstream: faable
        operations: [sessions.revoke]
        when: '"l2" in identity.claims.groups'
        limit: 20/minute
      - { upstream: faable, operations: [users.get] }`)
    expect(await check('--least-privilege')).toBe(0)
  })

  it.each([
    {
      by: 'a part of the path that is a claim',
      call: 'GET /inbox-manager/api/accounts/a1/members',
      yes: { params: { claims: { account: 'a1' } } },
      no: { params: { claims: { account: 'a2' } } },
      when: 'request.path.account_id == identity.claims.account',
    },
    {
      by: 'the body',
      call: 'POST /faable/user',
      yes: { body: { role: 'x' } },
      no: { body: { role: 'y' } },
      when: 'request.body.role == "x"',
    },
    {
      by: 'a text that looks like a reference',
      call: 'POST /faable/user',
      yes: { body: { role: `\${env:PATH}` } },
      no: { body: { role: 'y' } },
      when: `request.body.role == "$\${env:PATH}"`,
    },
    {
      by: 'the query',
      call: 'GET /faable/logs',
      yes: { query: { limit: ['1'] } },
      no: { query: { limit: ['2'] } },
      when: 'request.query.limit == "1"',
    },
    {
      by: 'a list of claims',
      call: revoke,
      yes: { params: { claims: { groups: ['l1', 'l2'] } } },
      no: { params: { claims: { groups: ['l1'] } } },
      when: '"l2" in identity.claims.groups',
    },
  ])('tells what to refuse from what to allow by $by', async ({ call, yes, no, when }) => {
    const refused = { ...no, status: 403, code: 'policy.refused' }
    pact('support', [interaction(call, yes), interaction(call, refused)])
    expect(await adopt()).toBe(0)
    expect(out).toContain(when)
    expect(await check('--least-privilege')).toBe(0)
  })

  it.each(['kubernetes', 'spiffe', 'github-actions'])(
    'gives a new service an identity as %s has them',
    async (name) => {
      pact('support', [interaction('GET /inbox-manager/api/accounts')])
      const policy = join(import.meta.dirname, '../../../../examples', name)
      expect(await adopt('--policy', policy)).toBe(0)
      expect(await check()).toBe(0)
    },
  )

  it('says of a consumer that can be no service how to name it', async () => {
    pact('The Support Team', [getUser])
    expect(await contracts('suggest')).toBe(1)
    expect(err).toContain('services."The Support Team" is no name for a service')
    expect(err).toContain('--consumer NAME=SERVICE')
    expect(await contracts('suggest', '--consumer', 'The Support Team=support')).toBe(0)
  })

  it('says what no policy can meet, by a place in what it writes', async () => {
    pact('support', [interaction(revoke), interaction(revoke, { status: 403, code: 'policy.refused' })])
    expect(await adopt()).toBe(1)
    const [, line = 0] = /support allow\[0\] \(suggestion:(\d+):9\)/.exec(err) ?? []
    expect(out.split('\n')[Number(line) - 1]).toContain('operations: [sessions.revoke]')
    expect(err).toContain(`cannot be met: support, it is so / ${revoke}, refused: expected policy.refused`)
  })
})
