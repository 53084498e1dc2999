// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { countersign } from '../../test/support/gateway-process.ts'
import { explainCommand } from './explain.ts'
import { testCommand } from './test.ts'

const policy = `
gateway: { audience: gw, listen: "127.0.0.1:8080" }
issuers: { login: { kind: jwt, issuer: "https://login.internal" } }
upstreams:
  inbox:
    preset: inbox-manager
    credential: { client_id: "\${env:NOBODY_SET_THIS}", client_secret: "\${file:/nowhere}" }
services:
  billing:
    identities: [{ issuer: login, subject: billing }]
    allow:
      - { upstream: inbox, operations: [members.add], when: 'request.body.role in ["viewer"]', limit: 60/minute }
      - { upstream: inbox, operations: [accounts.list] }
`

let folder: string
let output: { out: string; err: string }
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  writeFileSync(join(folder, 'countersign.yaml'), policy)
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

/** Runs a command as the process would; wrong usage is thrown instead of ending it. */
async function run(...args: string[]): Promise<{ code: unknown; out: string; err: string }> {
  output = { out: '', err: '' }
  const program = new Command('countersign')
  for (const command of [explainCommand(), testCommand()]) {
    program.addCommand(
      command.exitOverride((error) => {
        throw error
      }),
    )
  }
  const code = await program.parseAsync(args, { from: 'user' }).then(
    () => process.exitCode,
    () => 'usage',
  )
  return { code, out: stripVTControlCharacters(output.out), err: stripVTControlCharacters(output.err) }
}

function tests(yaml: string): void {
  writeFileSync(join(folder, 'billing.test.yaml'), yaml)
}

const adds = `
tests:
  - name: viewers
    given: { service: billing }
    request: POST /inbox/api/accounts/42/members
    body: { role: viewer }
    expect: { verdict: allow, rule: 0, scopes: [] }
  - name: no owners
    given: { issuer: login, subject: billing }
    request: POST /inbox/api/accounts/42/members
    body: { role: owner }
    expect: deny
  - name: nothing that can be read in two ways
    given: { service: billing }
    request: POST /inbox/api/accounts/42/members
    raw_body: '{"role":"viewer","role":"owner"}'
    expect: { verdict: deny, code: request.malformed }
`

describe('countersign test', () => {
  it('runs without a secret, and says which rules no test touches', async () => {
    tests(adds)
    const { code, out } = await run('test', folder)
    expect(code).toBe(0)
    expect(out).toMatch(/No test is allowed by:\n {2}billing allow\[1\] {2}.*countersign\.yaml:13:9\n/)
    expect(out).toMatch(/3 passed, 1 of 2 rules covered \(50 %\), \d+ ms\n$/)
  })

  it('fails below the coverage that is asked for', async () => {
    tests(adds)
    expect(await run('test', folder, '--min-coverage', '60')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/60 %/),
    })
  })

  it.each([
    ['another verdict', 'expect: deny', 'role: viewer', /expected deny, got allow by billing allow\[0\]/],
    [
      'another rule',
      'expect: { verdict: allow, rule: 1 }',
      'role: viewer',
      /expected rule allow\[1\], got allow\[0\]/,
    ],
    [
      'other scopes',
      'expect: { verdict: allow, scopes: [x] }',
      'role: viewer',
      /expected scopes \[x\], got \[\]/,
    ],
    [
      'another audience',
      'expect: { verdict: allow, audience: x }',
      'role: viewer',
      /expected audience x, got https/,
    ],
    ['a denial, and why', 'expect: allow', 'role: owner', /got deny: billing allow\[0\]: when: .* is false/],
  ])('tells of %s', async (_what, expectation, body, message) => {
    tests(
      `tests: [{ name: t, given: { service: billing }, request: POST /inbox/api/accounts/42/members, body: { ${body} }, ${expectation} }]`,
    )
    const { code, out } = await run('test', folder)
    expect(code).toBe(1)
    expect(out).toMatch(/^FAIL {2}t {2}.*billing\.test\.yaml:1:9\n/)
    expect(out).toMatch(message)
  })

  it.each([
    ['nothing is released at all', 'audience=inbox', 'policy.refused'],
    ['and there is no such target', 'audience=nowhere', 'policy.refused'],
  ])('knows with what a token exchange ends where %s', async (_what, form, code) => {
    const given = `given: { service: billing }, request: POST /oauth2/token, raw_body: "${form}"`
    tests(`tests: [{ name: t, ${given}, expect: { verdict: deny, code: ${code} } }]`)
    expect(await run('test', folder)).toMatchObject({ code: 0 })
  })

  it.each([
    ['another upstream', 'audience=faable', 'exchange.target'],
    ['a target that there is not', 'audience=nowhere', 'exchange.target'],
    ['scopes that the rule has not', 'audience=inbox&scope=other', 'policy.scope'],
  ])('and, for a service that may exchange something, for %s', async (_what, form, code) => {
    const released = policy.replace('[accounts.list] }', '[accounts.list], release: token }')
    writeFileSync(join(folder, 'countersign.yaml'), released)
    const given = `given: { service: billing }, request: POST /oauth2/token, raw_body: "${form}"`
    tests(`tests: [{ name: t, ${given}, expect: { verdict: deny, code: ${code} } }]`)
    expect(await run('test', folder)).toMatchObject({ code: 0 })
  })

  it.each(['service: billing', 'issuer: login, subject: nobody'])(
    'does not take a misspelt path for a denial: %s',
    async (given) => {
      tests(`tests: [{ name: t, given: { ${given} }, request: GET /inbox/api/acounts, expect: deny }]`)
      expect(await run('test', folder)).toMatchObject({
        code: 1,
        out: expect.stringMatching(/reaches no operation \(route\.unknown\)/),
      })
    },
  )

  it('watches a folder that goes and comes back, as where another branch is checked out', async () => {
    const kept = `${folder}-kept`
    tests(adds)
    const watching = await countersign(['test', folder, '--watch', '--json'])
    try {
      await watching.line(/"coverage"/)
      renameSync(folder, kept)
      await watching.line(/there is no file or folder .* any more; waiting for it/)
      renameSync(kept, folder)
      await expect.poll(() => watching.stdout().match(/"coverage"/g)?.length, { timeout: 60_000 }).toBe(2)
    } finally {
      await watching.close()
      rmSync(kept, { recursive: true, force: true })
    }
  })

  it('does not take an issuer that is not there for a stranger', async () => {
    const given = 'given: { issuer: logn, subject: billing }'
    tests(`tests: [{ name: t, ${given}, request: GET /inbox/api/accounts, expect: deny }]`)
    expect(await run('test', folder)).toMatchObject({
      code: 1,
      out: expect.stringContaining('there is no issuer "logn"; did you mean "login"?'),
    })
  })

  it('says what is wrong with a test file, and where', async () => {
    tests('tests:\n  - name: t\n    given: { servce: billing }\n    request: /inbox\n    expect: maybe\n')
    const { code, err } = await run('test', folder)
    expect(code).toBe(1)
    expect(err).toMatch(/billing\.test\.yaml:4:14: tests\.0\.request: is written as METHOD/)
    expect(err).toMatch(/billing\.test\.yaml:3:/)
  })

  it.each([
    ['nothing', '', '1:1: holds no tests; begin with tests: and a list of them'],
    ['text', 'hello', '1:1: holds no tests; begin with tests: and a list of them'],
    ['a list without a test', 'tests: []', '1:8: tests: holds no test'],
    ['what is not UTF-8', Buffer.from([0xff, 0xfe, 0x61]), '1:1: cannot be read: it is not UTF-8 text'],
    ['a second document, whose tests nobody would run', `${adds}---${adds}`, 'put each document into a file'],
    ['a caller that is none', adds.replace('service', 'servce'), 'tests.0.given: is { service: NAME }, or'],
    [
      'a verdict that is none',
      adds.replace('verdict: allow', 'verdict: maybe'),
      'tests.0.expect: is allow, deny',
    ],
    ['a value that holds itself', adds.replace('{ role: viewer }', '&body { role: *body }'), '1:1: an alias'],
  ])('does not run a file that holds %s', async (_what, text, problem) => {
    writeFileSync(join(folder, 'billing.test.yaml'), text)
    const { code, out, err } = await run('test', folder)
    expect([code, out]).toEqual([1, ''])
    expect(err.replaceAll(folder, '.')).toMatch(/^\.\/billing\.test\.yaml:/)
    expect(err).toContain(problem)
    const json = await run('test', folder, '--json')
    expect(JSON.parse(json.out)).toEqual({ ok: false, problems: err.trimEnd().split('\n') })
  })

  it('does not pass over a test file that it cannot read, and names every one', async () => {
    tests(adds)
    mkdirSync(join(folder, 'folder.test.yaml'))
    symlinkSync(join(folder, 'nowhere'), join(folder, 'link.test.yaml'))
    const { code, out, err } = await run('test', folder)
    expect([code, out]).toEqual([1, ''])
    expect(err.replaceAll(folder, '.').trimEnd().split('\n')).toEqual([
      './folder.test.yaml:1:1: cannot be read: it is not a file',
      './link.test.yaml:1:1: cannot be read: there is no such file',
    ])
  })

  it('agrees with its exit code in JSON', async () => {
    const none = await run('test', folder, '--json')
    expect([none.code, JSON.parse(none.out)]).toMatchObject([1, { ok: false, tests: [] }])
    tests(adds)
    const uncovered = await run('test', folder, '--json', '--min-coverage', '80')
    expect([uncovered.code, JSON.parse(uncovered.out)]).toMatchObject([1, { ok: false, coverage: 50 }])
  })

  it.each(['', ' ', '101', 'all'])('takes "%s" for no coverage to ask for', async (share) => {
    tests(adds)
    expect((await run('test', folder, '--min-coverage', share)).code).toBe('usage')
  })

  it('fails where there is no test, and on a policy with a fault', async () => {
    expect(await run('test', folder)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/there is no \*\.test\.yaml/),
    })
    writeFileSync(join(folder, 'countersign.yaml'), policy.replace('members.add', 'members.ad'))
    expect(await run('test', folder)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/did you mean "members\.add"/),
    })
  })

  it('prints one JSON document', async () => {
    tests(adds)
    expect(JSON.parse((await run('test', folder, '--json')).out)).toMatchObject({
      ok: true,
      coverage: 50,
      tests: [{ name: 'viewers', ok: true }, {}, { code: 'request.malformed' }],
      rules: [{ covered: true }, { label: 'billing allow[1]', covered: false }],
    })
  })
})

describe('countersign explain', () => {
  const add = ['POST', '/inbox/api/accounts/42/members']

  it('shows the rule with its place, each condition with its values, and the token', async () => {
    const { code, out } = await run(
      'explain',
      folder,
      ...add,
      '--service',
      'billing',
      '--body',
      '{"role":"viewer"}',
    )
    expect(code).toBe(0)
    expect(out.replaceAll(folder, '.')).toBe(`allow  billing → inbox members.add
  rule      billing allow[0]  ./countersign.yaml:12:9
  when      request.body.role in ["viewer"]  true
              request.body.role = "viewer"
  limit     60/minute
  audience  https://api.inbox-manager.com
  scopes    none
`)
  })

  it.each([
    ['?_method=DELETE', 'A query may not change the method.'],
    ['?access_token=x', 'A credential does not belong into the request target.'],
  ])('explain refuses what the gateway refuses before it asks for policy: %s', async (query, says) => {
    const { code, out } = await run(
      'explain',
      folder,
      'GET',
      `/inbox/api/accounts${query}`,
      '--service',
      'billing',
    )
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining(says) })
  })

  it('asks whether another upstream was meant', async () => {
    const { code, out } = await run('explain', folder, 'GET', '/inbax/api/accounts', '--service', 'billing')
    expect(code).toBe(1)
    expect(out).toContain('there is no upstream "inbax"; did you mean "inbox"?')
    const known = await run('explain', folder, 'GET', '/inbox/api/acounts', '--service', 'billing')
    expect(known.out).toContain('inbox has no operation with that method and path.')
  })

  it.each([
    ['/inbox/api/accounts', 'GET'],
    ['GET', 'https://gateway.internal/inbox/api/accounts'],
  ])('says what a request is written as, where it is %s %s', async (method, target) => {
    const { code, out } = await run('explain', folder, method, target, '--service', 'billing')
    expect(code).toBe(1)
    expect(out).toContain(`"${target}" is no path: give METHOD /PATH, without scheme and host`)
  })

  it('asks whether another operation was meant, or says which there are about there', async () => {
    const ask = async (method: string, path: string) =>
      (await run('explain', folder, method, `/inbox${path}`, '--service', 'billing')).out
    expect(await ask('GET', '/api/acounts?page=2')).toContain('did you mean "GET /api/accounts"?')
    expect(await ask('POST', '/api/accounts/a_1/member')).toContain(
      'did you mean "POST /api/accounts/a_1/members"?',
    )
    const other = await ask('PUT', '/api/users/u_1')
    expect(other).toContain('code      route.method')
    expect(other).toContain('did you mean "DELETE /api/users/u_1"?\n')
  })

  it('takes no name at all for a misspelt one of nothing', async () => {
    const short = policy.replaceAll(/\binbox\b(?!-)/g, 'hr').replaceAll(/\bbilling\b/g, 'it')
    writeFileSync(join(folder, 'countersign.yaml'), short)
    const root = await run('explain', folder, 'GET', '/', '--service', 'it')
    expect(root.out).toContain('there is no upstream ""; choose from: hr')
    expect((await run('explain', folder, 'GET', '/ht/x', '--service', 'it')).out).toContain(
      'did you mean "hr"?',
    )
  })

  it('on a denial shows the closest rule and the first thing that did not fit', async () => {
    const denied = await run('explain', folder, ...add, '--service', 'billing', '--body', '{"role":"owner"}')
    expect(denied.code).toBe(1)
    expect(denied.out).toContain('why       billing allow[0]: when: request.body.role in ["viewer"] is false')
    expect(denied.out).toContain('request.body.role = "owner"')
    const other = await run('explain', folder, 'GET', '/inbox/api/accounts/42', '--service', 'billing')
    expect(other.out).toContain('operations: [accounts.list] does not include accounts.get')
  })

  it('shows what would be refused before policy is asked', async () => {
    const { code, out } = await run('explain', folder, 'PUT', '/inbox/api/accounts', '--service', 'billing')
    expect(code).toBe(1)
    expect(out).toContain('code      route.method')
  })

  it('prints one JSON document', async () => {
    const { out } = await run('explain', folder, ...add, '--issuer', 'login', '--subject', 'nobody', '--json')
    expect(JSON.parse(out)).toMatchObject({ verdict: 'deny', operation: 'members.add', examined: [] })
  })

  it.each([
    ['nobody to call', []],
    ['a service that is not there', ['--service', 'biling']],
    ['an issuer that is not there', ['--issuer', 'logn', '--subject', 'billing']],
    ['claims that are no object', ['--service', 'billing', '--claims', '[]']],
    ['a field without a colon', ['--service', 'billing', '--header', 'x']],
    ['a time that is none', ['--service', 'billing', '--now', 'noon']],
    ['a time of no zone', ['--service', 'billing', '--now', '2026-01-05T12:00:00']],
  ])('refuses %s', async (_what, options) => {
    expect((await run('explain', folder, ...add, ...options)).code).toBe('usage')
  })
})
