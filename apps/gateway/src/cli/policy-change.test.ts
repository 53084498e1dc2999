import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { gzipSync } from 'node:zlib'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { diffCommand } from './diff.ts'
import { replayCommand } from './replay.ts'
import { rightsizeCommand } from './rightsize.ts'

const gateway = `
gateway: { audience: gw, listen: "127.0.0.1:8080" }
issuers: { login: { kind: jwt, issuer: "https://login.internal" } }
upstreams:
  inbox:
    preset: inbox-manager
    credential: { client_id: "\${env:NOBODY_SET_THIS}", client_secret: "\${file:/nowhere}" }
`

const services = (operations: string) => `
# Who may do what.
services:
  billing:
    identities: [{ issuer: login, subject: billing }]
    allow:
      # By role.
      - { upstream: inbox, operations: [members.add], when: 'request.body.role in ["viewer"]' }
      # Looks around.
      - upstream: inbox
        operations: [${operations}] # and no more
`

let folder: string
let output: { out: string; err: string }
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  write('old', 'accounts.list, accounts.get')
  write('new', 'accounts.list, accounts.get, accounts.remove')
  output = { out: '', err: '' }
  for (const [stream, name] of [
    [process.stdout, 'out'],
    [process.stderr, 'err'],
  ] as const) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      output[name] += String(text)
      return true
    })
  }
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  rmSync(folder, { recursive: true, force: true })
})

function write(name: string, operations: string): void {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'countersign.yaml'), gateway)
  writeFileSync(join(folder, name, 'services.yaml'), services(operations))
}

const at = (name: string) => join(folder, name)

/** Runs a command as the process would; wrong usage is thrown instead of ending it. */
async function run(...args: string[]): Promise<{ code: unknown; out: string; err: string }> {
  output = { out: '', err: '' }
  process.exitCode = 0
  const program = new Command('countersign')
  for (const command of [diffCommand(), replayCommand(), rightsizeCommand()]) {
    program.addCommand(
      command.exitOverride((error) => {
        throw error
      }),
    )
  }
  const code = await program.parseAsync(args, { from: 'user' }).then(
    () => process.exitCode,
    (error: { exitCode: number }) => (error.exitCode === 0 ? 'help' : 'usage'),
  )
  return { code, out: stripVTControlCharacters(output.out), err: stripVTControlCharacters(output.err) }
}

/** A line as the gateway writes it. */
function line(operation: string, request: string, fields: object = {}): string {
  const [method, path] = request.split(' ')
  return JSON.stringify({
    kind: 'close',
    time: '2026-01-05T12:00:00.000Z',
    request_id: `req-${operation}`,
    method,
    path,
    service: 'billing',
    issuer: 'login',
    subject: 'billing',
    upstream: 'inbox',
    operation,
    verdict: 'allow',
    ...fields,
  })
}

const refused = { verdict: 'deny', code: 'policy.refused' }

/** A day under the old policy. */
const day = [
  JSON.stringify({ kind: 'opened', time: '2026-01-05T00:00:00.000Z' }),
  line('accounts.list', 'GET /inbox/api/accounts'),
  line('accounts.get', 'GET /inbox/api/accounts/42'),
  line('accounts.remove', 'DELETE /inbox/api/accounts/42', { ...refused, kind: 'open' }),
  line('accounts.remove', 'DELETE /inbox/api/accounts/42', refused),
  line('accounts.remove', 'DELETE /inbox/api/accounts/43', { ...refused, request_id: 'second' }),
  line('members.add', 'POST /inbox/api/accounts/42/members'),
  '{"kind":"close","time":"2026-01-05T1',
].join('\n')

describe('a change that widens access by one operation', () => {
  beforeEach(() => writeFileSync(at('day.jsonl'), day))

  it('is seen by diff', async () => {
    const { code, out } = await run('diff', at('old'), at('new'))
    expect(code).toBe(1)
    expect(out).toMatch(
      /^billing\n {2}\+ inbox {2}accounts\.remove {2}cannot be undone {2}\S+services\.yaml:10:9\n/,
    )
    expect(out).toMatch(/\n1 gained\.\n$/)
    expect((await run('diff', at('old'), at('new'), '--allow-gains')).code).toBe(0)
    expect((await run('diff', at('new'), at('old'))).code).toBe(0)
    expect(await run('diff', at('old'), at('old'))).toMatchObject({
      code: 0,
      out: 'Nobody gains or loses anything.\n',
    })
  })

  it('is seen by diff in JSON and in Markdown', async () => {
    const json = await run('diff', at('old'), at('new'), '--json')
    expect(JSON.parse(json.out)).toMatchObject({
      gains: true,
      changes: [{ direction: 'gained', kind: 'operation', operation: 'accounts.remove', destructive: true }],
    })
    const markdown = await run('diff', at('old'), at('new'), '--markdown')
    expect(markdown.out).toContain('### This change widens access')
    expect(markdown.out).toContain(
      '| **gained** | `billing` | `inbox` | `accounts.remove` **cannot be undone** |',
    )
  })

  it('is seen by replay on a recorded day', async () => {
    const { code, out } = await run('replay', at('day.jsonl'), '--policy', at('new'))
    expect(code).toBe(1)
    expect(out).toMatch(/billing +inbox +accounts\.remove +deny → allow +2 +req-accounts\.remove\n/)
    expect(out).toMatch(/billing +inbox +members\.add +allow → \? +1 +body +req-members\.add\n/)
    const json = await run('replay', at('day.jsonl'), '--policy', at('new'), '--json')
    expect(JSON.parse(json.out).counts).toEqual({
      ...{ lines: 8, judged: 5, same: 2, changed: 2, unknown: 1 },
      ...{ torn: 1, other: 2, undecided: 0 },
    })
    expect((await run('replay', at('day.jsonl'), '--policy', at('old'))).code).toBe(0)
  })

  it('is taken back by what rightsize proposes', async () => {
    const { code, out, err } = await run('rightsize', at('day.jsonl'), '--policy', at('new'))
    expect(code).toBe(1)
    expect(err).toMatch(/billing +inbox +accounts\.remove \(cannot be undone\)/)
    expect(err).toContain('1 unused, 3 allowed requests from 2026-01-05T12:00:00.000Z')
    expect(out).toContain('-        operations: [accounts.list, accounts.get, accounts.remove] # and no more')
    expect(out).toContain('+        operations: [accounts.list, accounts.get] # and no more')

    cpSync(at('new'), at('smaller'), { recursive: true })
    const applied = spawnSync('git', ['apply', '-p0', '-'], {
      cwd: at('smaller'),
      input: out,
      encoding: 'utf8',
    })
    expect(applied).toMatchObject({ status: 0, stderr: '' })
    expect(await run('diff', at('old'), at('smaller'))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Nobody/),
    })
    expect((await run('replay', at('day.jsonl'), '--policy', at('smaller'))).code).toBe(0)
    const again = ['rightsize', at('day.jsonl'), '--policy', at('smaller')]
    expect(await run(...again)).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringMatching(/^every grant/),
    })
    const json = await run(...again, '--json')
    expect([json.code, JSON.parse(json.out)]).toMatchObject([0, { ok: true, unused: [], idle: [] }])
  })
})

describe('countersign replay', () => {
  it('says how many token requests it cannot judge, since the record does not hold what they asked for', async () => {
    const services = readFileSync(join(at('new'), 'services.yaml'), 'utf8')
    const rule = '      - { upstream: inbox, operations: [accounts.get], release: token }\n'
    writeFileSync(join(at('new'), 'services.yaml'), `${services}${rule}`)
    const wanted = { ...refused, code: 'policy.scope' }
    const nowhere = { ...refused, code: 'exchange.target', upstream: undefined, operation: undefined }
    const lines = [wanted, wanted, nowhere].map((fields) =>
      line('token.release', 'POST /oauth2/token', fields),
    )
    writeFileSync(at('day.jsonl'), lines.join('\n'))
    const args = ['replay', at('day.jsonl'), '--policy', at('new')]
    const { code, out } = await run(...args)
    expect(out).toMatch(/billing +inbox +token\.release +deny → \? +2 +scopes +req-token\.release\n/)
    expect(out).toMatch(
      /billing +\(none\) +token\.release +deny → \? +1 +target, scopes +req-token\.release\n/,
    )
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/no drift, 3 requests judged, 3 cannot be told\n$/),
    ])
    const json = JSON.parse((await run(...args, '--json')).out)
    expect(json).toMatchObject({ ok: true, counts: { judged: 3, unknown: 3, undecided: 0 } })
    expect(json.unknown).toMatchObject([
      { operation: 'token.release', missing: ['scopes'], count: 2 },
      { operation: 'token.release', missing: ['target', 'scopes'], count: 1 },
    ])
  })

  it('finds nothing fine where there was nothing to judge', async () => {
    const foreign = 'none of its lines is of an audit record: give the file that gateway.audit.file names'
    for (const [text, why] of [
      ['', 'it is empty'],
      ['services:\n  billing: {}\n', foreign],
      ['{"kind":"opened"}\n{"kind":"cl', 'lines: 1 of another kind, 1 torn'],
    ] as const) {
      writeFileSync(at('day.jsonl'), text)
      const args = ['replay', at('day.jsonl'), '--policy', at('new')]
      expect((await run(...args)).err).toContain(`nothing can be said of it; ${why}\n`)
      expect((await run('rightsize', ...args.slice(1))).err).toContain(`nothing can be said of it; ${why}\n`)
      expect(await run(...args)).toMatchObject({
        code: 1,
        err: expect.stringMatching(/^the record holds no request that policy was asked about/),
      })
      const json = await run(...args, '--json')
      expect([json.code, JSON.parse(json.out)]).toMatchObject([1, { ok: false, counts: { judged: 0 } }])
    }
  })
})

describe('countersign rightsize', () => {
  it('replaces a group by what was used of it and removes a rule with its comment', async () => {
    write('new', 'accounts.*')
    writeFileSync(at('day.jsonl'), line('accounts.get', 'GET /inbox/api/accounts/42'))
    const { out } = await run('rightsize', at('day.jsonl'), '--policy', at('new'), '--json')
    const added = JSON.parse(out).patch.match(/^[+-] .*/gm)
    expect(added).toEqual([
      '-      # By role.',
      expect.stringContaining('members.add'),
      '-        operations: [accounts.*] # and no more',
      '+        operations: [accounts.get] # and no more',
    ])
  })

  it('leaves out what is older, and says so rather than propose to remove everything', async () => {
    writeFileSync(at('day.jsonl'), day)
    const args = ['rightsize', at('day.jsonl'), '--policy', at('new'), '--since']
    expect(await run(...args, '2026-01-05T12:00:00Z')).toMatchObject({
      code: 1,
      out: expect.stringContaining('@@'),
    })
    expect(await run(...args, '2026-01-05T12:00:01Z')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('no request of the period that this policy allows'),
    })
    for (const since of ['yesterday', '1']) expect((await run(...args, since)).code).toBe('usage')

    const json = await run(...args, '2026-01-05T12:00:01Z', '--json')
    expect(json.code).toBe(1)
    expect(JSON.parse(json.out)).toMatchObject({
      ok: false,
      why: expect.stringContaining('no request of the period that this policy allows'),
      counts: { lines: 8, allowed: 0, older: 5 },
      period: null,
      ...{ unused: [], idle: [], left: [], patch: '' },
    })
    expect(JSON.parse((await run(...args, '2026-01-05T12:00:00Z', '--json')).out)).not.toHaveProperty('why')
  })

  it('finds a rule that nobody used for what another one still allows', async () => {
    const behind = services('accounts.list, accounts.get')
      .replace('[members.add]', '[accounts.list]')
      .replace('request.body.role in ["viewer"]', 'identity.subject == "billing"')
    writeFileSync(join(at('new'), 'services.yaml'), behind)
    writeFileSync(at('day.jsonl'), day)
    const args = ['rightsize', at('day.jsonl'), '--policy', at('new')]
    const { code, out, err } = await run(...args)
    expect(code).toBe(1)
    expect(out).toContain('+        operations: [accounts.get] # and no more')
    expect(err).toMatch(
      /another rule allows.*\n.*\n +billing +inbox +accounts\.list +\S+services\.yaml:10:9\n/,
    )
    expect(err).toContain('0 unused, 1 beside another rule, 2 allowed requests')

    const json = await run(...args, '--json')
    expect(json.code).toBe(1)
    expect(JSON.parse(json.out)).toMatchObject({
      ok: false,
      unused: [],
      idle: [
        {
          service: 'billing',
          upstream: 'inbox',
          operation: 'accounts.list',
          positions: [expect.stringMatching(/services\.yaml:10:9$/)],
        },
      ],
    })
  })

  it('leaves a rule alone that an anchor shares with others', async () => {
    const shared = services('accounts.*').replace('operations: [accounts.*]', 'operations: &all [accounts.*]')
    writeFileSync(join(at('new'), 'services.yaml'), shared)
    writeFileSync(at('day.jsonl'), [line('accounts.get', 'GET /inbox/api/accounts/42'), day].join('\n'))
    const { out, err } = await run('rightsize', at('day.jsonl'), '--policy', at('new'))
    expect(out).toBe('')
    expect(err).toMatch(/billing allow\[1\] \(\S+\) is left as it is/)
  })
})

/** Two upstreams of one preset, whose operations have the same names. */
describe('two tenants of one vendor', () => {
  beforeEach(() => {
    const production = { upstream: 'production', operations: ['accounts.list'] }
    const staging = { upstream: 'staging', operations: ['accounts.list', 'members.list'] }
    const upstream = {
      preset: 'inbox-manager',
      credential: { client_id: 'a', client_secret: `\${env:NOBODY_SET_THIS}` },
    }
    const config = {
      gateway: { audience: 'gw', listen: '127.0.0.1:8080' },
      issuers: { login: { kind: 'jwt', issuer: 'https://login.internal' } },
      upstreams: { production: upstream, staging: { ...upstream, url: 'https://staging.example' } },
      services: {
        ops: { identities: [{ issuer: 'login', subject: 'ops' }], allow: [production, staging] },
        dev: { identities: [{ issuer: 'login', subject: 'dev' }], allow: [staging] },
      },
    }
    writeFileSync(at('tenants.yaml'), JSON.stringify(config, null, 2))
  })

  const called = (service: string, upstream: string, fields: object = {}) =>
    line('accounts.list', `GET /${upstream}/api/accounts`, { service, subject: service, upstream, ...fields })

  it('are judged each by its own rules in replay', async () => {
    const lines = [called('dev', 'staging'), called('dev', 'production', refused)]
    writeFileSync(at('day.jsonl'), lines.join('\n'))
    const { code, out } = await run('replay', at('day.jsonl'), '--policy', at('tenants.yaml'))
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('no drift, 2 requests judged') })
  })

  it('keep in rightsize what was used of either', async () => {
    const lines = ['production', 'staging'].map((upstream) => called('ops', upstream))
    writeFileSync(at('day.jsonl'), lines.join('\n'))
    const { out } = await run('rightsize', at('day.jsonl'), '--policy', at('tenants.yaml'), '--json')
    const unused = JSON.parse(out).unused.map(({ service, upstream, operation }: Record<string, string>) =>
      [service, upstream, operation].join(' '),
    )
    expect(unused).toEqual([
      'ops staging members.list',
      'dev staging accounts.list',
      'dev staging members.list',
    ])
  })
})

describe('wrong usage', () => {
  it.each([
    [['diff', 'OLD']],
    [['diff', 'OLD', 'NOWHERE']],
    [['diff', 'OLD', 'OLD', '--json', '--markdown']],
    [['replay', 'NOWHERE', '--policy', 'OLD']],
    [['replay', 'OLD', '--policy', 'OLD']],
    [['rightsize', 'OLD/countersign.yaml']],
    [['replay', 'DAY', '--policy', 'OLD']],
    [['rightsize', 'OLD/countersign.yaml', 'DAY', '--policy', 'OLD']],
  ])('%j is refused', async (args) => {
    writeFileSync(at('day.jsonl.1.gz'), gzipSync(day))
    const real = args.map((arg) =>
      arg.replace('OLD', at('old')).replace('NOWHERE', at('nowhere')).replace('DAY', at('day.jsonl.1.gz')),
    )
    expect(await run(...real)).toMatchObject({ code: 'usage', out: '' })
  })

  it.each(['diff', 'replay', 'rightsize'])('%s --help has an example', async (command) => {
    const { code, out } = await run(command, '--help')
    expect(code).toBe('help')
    expect(out).toContain(`$ countersign ${command}`)
  })
})

describe('a policy with a fault', () => {
  beforeEach(() => {
    write('new', 'accounts.lst')
    writeFileSync(at('day.jsonl'), day)
  })
  const commands: readonly (readonly string[])[] = [
    ['diff', 'OLD', 'NEW'],
    ['diff', 'NEW', 'NEW'],
    ['replay', 'DAY', '--policy', 'NEW'],
    ['rightsize', 'DAY', '--policy', 'NEW'],
  ]
  const placed = (args: readonly string[]) =>
    args.map((arg) => arg.replace('OLD', at('old')).replace('NEW', at('new')).replace('DAY', at('day.jsonl')))

  it.each(commands)('is a finding of %s, not a crash', async (...args) => {
    const { code, out, err } = await run(...placed(args))
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('did you mean "accounts.list"')
  })

  it.each(commands)('is what %s prints for machines, as one document', async (...args) => {
    const { code, out, err } = await run(...placed(args), '--json')
    expect([code, err]).toEqual([1, ''])
    const { ok, faults } = JSON.parse(out)
    expect(ok).toBe(false)
    expect(faults[0]).toMatchObject({
      file: expect.stringMatching(/services\.yaml$/),
      hint: 'did you mean "accounts.list"?',
    })
  })
})
