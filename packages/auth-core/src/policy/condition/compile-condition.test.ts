import { describe, expect, it } from 'vitest'
import { operation, type QuestionParts, question } from '../../../test/policy-fixture.ts'
import { compileCondition } from './compile-condition.ts'
import { createConditionEnvironments } from './condition-environment.ts'

const members = operation('members.add', 'POST /accounts/{account_id}/members')
const environments = createConditionEnvironments()

function compile(source: string) {
  return compileCondition(source, { environments, pathVariables: ['account_id'] })
}

function problems(source: string): string {
  const compiled = compile(source)
  if (!('length' in compiled)) throw new Error(`${source} was accepted`)
  return compiled.map(({ message, hint }) => `${message}; ${hint}`).join('\n')
}

/** true, false, or why it could not be evaluated. */
function judge(source: string, parts: Partial<QuestionParts> = {}): boolean | string {
  const compiled = compile(source)
  if ('length' in compiled) throw new Error(compiled.map(({ message }) => message).join('\n'))
  try {
    return compiled.holds(question({ operation: members, ...parts }), 'billing')
  } catch (error) {
    return error instanceof Error ? error.message : 'thrown'
  }
}

describe('a condition sees', () => {
  it.each<[string, Partial<QuestionParts>]>([
    ['request.body.role in ["viewer", "member"]', { body: { role: 'viewer' } }],
    [
      'request.path.account_id == identity.claims.tenant',
      { path: '/accounts/42/members', claims: { tenant: '42' } },
    ],
    ['request.path["account_id"] == "42"', { path: '/accounts/42/members' }],
    ['request.query.page == "a b"', { query: '?page=a+b' }],
    ['request.query.page == "ä"', { query: 'page=%C3%A4' }],
    ['!("page" in request.query)', { query: '?pages=1' }],
    ['has(request.query.page)', { query: '?page' }],
    ['request.headers["x-team"] == "a"', { headers: ['X-Team', 'a'] }],
    ['!has(request.headers.accept)', {}],
    ['request.method == "POST"', {}],
    ['identity.issuer == "cluster" && identity.subject == "billing" && identity.service == "billing"', {}],
    ['identity.claims.groups.exists(g, g == "admins")', { claims: { groups: ['dev', 'admins'] } }],
    ['now < timestamp("2026-02-01T00:00:00Z") && now.getHours() == 12', {}],
    [
      'request.body.amount <= 100.0 && request.body.items.all(i, i.price > 0)',
      { body: { amount: 99.5, items: [{ price: 1 }] } },
    ],
    ['request.body.name.matches("^team-[a-z]+$")', { body: { name: 'team-a' } }],
    [
      '!has(request.body.roles) || request.body.roles.filter(r, r != "x").all(r, r == "viewer")',
      { body: {} },
    ],
    ['size(request.body.items) == 2 && request.body.items[0] == "a"', { body: { items: ['a', 'b'] } }],
  ])('%s', (source, parts) => {
    expect(judge(source, parts)).toBe(true)
  })
})

describe('a body in which a member has another spelling of one that is named', () => {
  it.each([
    ['!has(request.body.role)', { Role: 'owner' }],
    ['!("role" in request.body)', { ROLE: 'owner' }],
    ['request.body["role"] != "owner"', { '\uff52ole': 'owner' }],
    ['!("role" in request.body.user)', { user: { Role: 'owner' } }],
    ['!has(request.body.user_id)', { userId: 7 }],
    ['!has(request.body.userId)', { user_id: 7 }],
    ['!has(request.body.userId)', { 'USER-ID': 7 }],
    ['!has(request.body.user.role)', { users: [], User: { role: 'owner' } }],
    ['request.body.items.all(i, !has(i.role))', { items: [{ Role: 'owner' }] }],
    ['request.body.items.all(i, !("role" in i))', { items: [{ Role: 'owner' }] }],
    ['request.body.items.filter(i, has(i.id))[0].role != "owner"', { items: [{ id: 1, Role: 'owner' }] }],
    ['request.body.items[int(request.body.at)].role != "owner"', { at: 0, items: [{ Role: 'owner' }] }],
    ['(has(request.body.a) ? request.body.a : request.body.b).role != "owner"', { a: { Role: 'owner' } }],
  ])('%s', (source, body) => {
    expect(judge(source, { body })).toMatch(/another spelling/)
  })

  it.each([
    ['!has(request.body.id)', { _id: 1, '@id': 2, userId: 3, ids: [] }],
    ['has(request.body.role) && identity.claims.Team == "a"', { role: 1, team: 2 }],
    ['request.body.roles.exists(r, r == "viewer")', { roles: ['viewer'], R: 1, Viewer: 2 }],
  ])('is not %s', (source, body) => {
    expect(judge(source, { body, claims: { Team: 'a' } })).toBe(true)
  })
})

describe('an error is not a match', () => {
  it.each<[string, Partial<QuestionParts>, RegExp]>([
    ['request.body.role == "a"', { body: {} }, /no such key: request\.body\.role/],
    ['request.body.role == "a"', {}, /has no body/],
    ['request.body.role != "a"', { body: { roles: 1 } }, /no such key/],
    ['identity.claims.tenant == "a"', {}, /no such key/],
    ['request.body.n + 1 > 0', { body: { n: 1 } }, /no such overload/],
    ['request.headers["x-team"] != "b"', { headers: ['X-Team', 'a', 'x-team', 'b'] }, /several values/],
    ['request.headers["x-team"] != "b"', { headers: ['X-Team', 'a, b'] }, /several values/],
    ['!has(request.headers.x)', { headers: ['x', 'a', 'X', 'b'] }, /several values/],
    ['request.headers["x-team"] != "b"', { headers: ['x-team', 'b\u00e9'] }, /not plain ASCII/],
    ['request.query.role == "viewer"', { query: '?role=viewer&role=owner' }, /several values/],
    ['request.query.role == "viewer"', { query: '?role=viewer&r%6fle=owner' }, /several values/],
    ['request.query.role == "viewer"', { query: '?role=viewer&role[]=owner' }, /another spelling/],
    ['!("role" in request.query)', { query: '?Role=owner' }, /another spelling/],
    ['request.query.role == "viewer"', { query: '?role=viewer&[role]=owner' }, /another spelling/],
    ['request.query.role == "viewer"', { query: '?role=viewer&role%00=owner' }, /another spelling/],
    ['request.query.role == "viewer"', { query: '?role=viewer&+role=owner' }, /another spelling/],
    ['request.query.role == "viewer"', { query: '?role=viewer&role.x=owner' }, /another spelling/],
    ['request.query.role == "viewer"', { query: '?role=viewer&%5Brole%5D=owner' }, /another spelling/],
    ['request.query.role == "viewer"', { query: '?role=viewer&r%256Fle=owner' }, /another spelling/],
    ['request.query["f[role]"] == "a"', { query: '?f[role]=a&f[role][0]=b' }, /another spelling/],
    ['request.query["f[role]"] == "a"', { query: '?f[role]=a&f[role][]=b' }, /another spelling/],
    ['request.query["f[role]"] == "a"', { query: '?f[role]=a&f.role.x=b' }, /another spelling/],
    ['request.query["f.role"] == "a"', { query: '?f.role=a&f.role.x=b' }, /another spelling/],
    ['!("role" in request.query)', { query: '?a=1;role=owner' }, /";"/],
    ['!("role" in request.query)', { query: '?role%ff=owner' }, /malformed escape/],
    ['request.body.name.matches("^a")', { body: { name: 'a'.repeat(5000) } }, /up to 4096/],
    ['request.body.a.contains(request.body.b)', { body: { a: 'a', b: 'b'.repeat(300) } }, /up to 256/],
  ])('%s', (source, parts, reason) => {
    expect(judge(source, parts)).toEqual(expect.stringMatching(reason))
  })

  const allowed = 'in ["viewer"]'
  it.each([
    [`request.body.roles.all(role, role ${allowed})`, { viewer: 'owner' }],
    [`request.body.roles.all(role, role ${allowed})`, {}],
    ['!request.body.roles.exists(role, role == "owner")', { a: 'owner' }],
    ['!request.body.roles.exists_one(role, role == "owner")', { a: 'owner' }],
    ['request.body.roles.filter(role, role == "owner").size() == 0', { a: 'owner' }],
    [`request.body.roles.map(role, role).all(role, role ${allowed})`, { viewer: 'owner' }],
    [`!has(request.body.roles) || request.body.roles.all(role, role ${allowed})`, { viewer: 'owner' }],
    [`(has(request.body.all) ? [] : request.body["roles"]).all(role, role ${allowed})`, { viewer: 'owner' }],
    ['request.body.all(name, name == "roles")', {}],
  ])('%s goes through a list, not through the names of a map', (source, roles) => {
    expect(judge(source, { body: { roles } })).toMatch(/is a map/)
  })

  it.each([
    ['!has(request.body.role) || request.body.role == "viewer"', [{ role: 'owner' }]],
    ['!has(request.body.user.role)', { user: [{ role: 'owner' }] }],
    ['!has(request.body.user.name.first)', { user: { name: [] } }],
    ['request.body.items.all(item, !has(item.role))', { items: [[{ role: 'owner' }]] }],
    ['!("role" in request.body)', [{ role: 'owner' }]],
    ['!("role" in request.body.user)', { user: [{ role: 'owner' }] }],
  ])('%s is not asked of a list', (source, body) => {
    expect(judge(source, { body })).not.toBe(true)
  })

  it.each<[string, unknown]>([
    ['int(request.body.n) == 1', '0b1'],
    ['int(request.body.n) == 16', '0X10'],
    ['int(request.body.n) == 0', ''],
    ['double(request.body.n) == 16.0', '0x10'],
    ['!(double(request.body.n) > 100.0)', 'NaN'],
    ['timestamp(request.body.n) < now', '2025-02-29T00:00:00Z'],
    ['timestamp(request.body.n) < now', '01/02/2025 00:00:00 Z'],
    ['timestamp(request.body.n) < now', '2025-01-01T24:00:00Z'],
    ['timestamp(request.body.n) < now', '2025-01-01T00:00:00.000'],
    ['[1].exists(one, timestamp(request.body.n) < now)', '1 January 2025 UTC'],
    ['request.body.n.lowerAscii() == "k"', '\u212a'],
  ])('%s is not for %j', (source, n) => {
    expect(judge(source, { body: { n } })).not.toBe(true)
  })

  it.each<[string, unknown]>([
    ['int(request.body.n) == -7', '-7'],
    ['int(request.body.n) == 7', 7.5],
    ['double(request.body.n) == 1500.0', '1.5e3'],
    ['timestamp(request.body.n) < now', '2024-02-29T23:59:59.123+01:00'],
    ['request.body.n.lowerAscii() == "abc\u00c4"', 'ABc\u00c4'],
    ['"a" in request.body.n', ['a', 1]],
    ['request.body.n in ["a"] && has(request.body.n)', 'a'],
  ])('but %s is for %j', (source, n) => {
    expect(judge(source, { body: { n } })).toBe(true)
  })

  it('a claim that is a map of names is no list of them', () => {
    const source = 'identity.claims.groups.exists(group, group == "admins")'
    expect(judge(source, { claims: { groups: { admins: false } } })).toMatch(/is a map/)
  })

  it('and what went wrong is told without a value of the request', () => {
    expect(judge('int(request.body.secret) == 1', { body: { secret: 's3cret' } })).not.toContain('s3cret')
    expect(
      judge('duration(request.body.secret) > duration("1s")', { body: { secret: 's3cret' } }),
    ).not.toContain('s3cret')
  })

  it.each(['toString', 'constructor', '__proto__', 'length'])(
    'an object has no member %s of its own',
    (name) => {
      expect(judge(`has(request.body.${name})`, { body: {} })).toBe(false)
      expect(judge(`request.body.${name} != 1`, { body: { list: [] } })).toEqual(
        expect.stringContaining('no such key'),
      )
      expect(judge(`request.body.list.${name} != 1`, { body: { list: [] } })).toEqual(
        expect.stringContaining('no such key'),
      )
      expect(judge(`identity.claims.${name} != 1`)).toEqual(expect.stringContaining('no such key'))
    },
  )
})

describe('a mistake is found when the policy is loaded', () => {
  it.each([
    ['request.path.acount_id == "42"', /did you mean "account_id"/],
    ['has(request.path.acount_id)', /did you mean "account_id"/],
    ['"acount_id" in request.path', /did you mean "account_id"/],
    ['[1].exists(x, request.path.acount_id == "x")', /did you mean "account_id"/],
    ['request.bodi.role == "x"', /request\.bodi.*did you mean "body"/],
    ['identity.claim.x == "x"', /did you mean "claims"/],
    ['requst.method == "GET"', /there is no requst.*did you mean "request"/],
    ['request.body.role', /any type, not true or false/],
    ['request.method', /type string/],
    ['request.headers["x-a"] == 1', /no such overload/],
    ['request.method > 5', /no such overload/],
    ['request.body.role = "x"', /not an expression/],
    ['request.headers["X-Team"] == "a"', /write "x-team"/],
    ['request.headers.authorization == "a"', /credential/],
    ['"cookie" in request.headers', /credential/],
    ['request.headers.exists(h, h == "x")', /by a name that is written out/],
    ['request.query[request.method] == "x"', /by a name that is written out/],
    ['[request].exists(r, r.method == "x")', /no value of its own/],
    ['request == request', /no value of its own/],
    ['["a"].exists(request, request == "a")', /must not hide request/],
    ['request.body.a.exists(x, request.body.b.exists(y, x == y))', /inside another/],
    ['identity.claims.exists(name, name == "admin")', /goes through a map/],
    ['{"a": 1}.all(name, name == "a")', /goes through a map/],
    ['request.body.a.matches(request.body.b)', /pattern as a literal/],
    ['request.body.a.matches("(?=a)")', /RE2/],
    ['request.body.a.matches("(((a{1,30}){1,30}){1,30})")', /too complex|not accepted/],
    ['dyn(request.body).a == 1', /dyn\(\) is not offered/],
    ['cel.bind(x, request.body, x.a == 1)', /not offered/],
    ['request.body.a.split("").size() == 1', /not offered/],
    ['now.getHours("Europe/Zurich") < 18', /UTC/],
    [`${'!'.repeat(600)}true`, /not an expression/],
    [`${'('.repeat(200)}true${')'.repeat(200)}`, /not an expression/],
    [`request.method in [${'"GET", '.repeat(260)}"GET"]`, /not an expression|longer than/],
    [`request.method == "${'x'.repeat(3000)}"`, /longer than/],
  ])('%s', (source, problem) => {
    expect(problems(source)).toMatch(problem)
  })
})

describe('what it reads is known without a request', () => {
  it.each([
    ['request.body.role == "x"', true],
    ['[1].exists(i, request["body"].n == 1.0)', true],
    ['has(request.body.role) || request.method == "GET"', true],
    ['request.method == "GET" && identity.claims.body == "x"', false],
  ])('%s reads the body: %s', (source, reads) => {
    const compiled = compile(source)
    expect('reads' in compiled && compiled.reads.body).toBe(reads)
  })
})

describe('a hostile request does not make it slow', () => {
  const hostile = 'a'.repeat(100_000)
  it.each<[string, Partial<QuestionParts>]>([
    [
      'request.body.s.matches("(a|a)*b|(a+)+$|^(([a-z])+.)+[A-Z]([a-z])+$")',
      { body: { s: 'a'.repeat(4096) } },
    ],
    ['request.body.s.contains(request.body.t)', { body: { s: hostile, t: `b${'a'.repeat(255)}` } }],
    [
      'request.body.l.all(x, x in request.body.l)',
      { body: { l: Array.from({ length: 1000 }, (_, n) => n) } },
    ],
    ['request.query.q == "x"', { query: `?${'q=1&'.repeat(2000)}` }],
    ['double(request.body.s) == 1.0', { body: { s: `${'1'.repeat(250_000)}x` } }],
    ['request.query.q == "x"', { query: `?${'a.'.repeat(50_000)}` }],
    [
      'request.path.account_id.matches("^([a-z]+)*$")',
      { path: `/accounts/${hostile.slice(0, 50_000)}!/members` },
    ],
  ])('%s', (source, parts) => {
    judge(source, parts)
    const start = performance.now()
    judge(source, parts)
    expect(performance.now() - start).toBeLessThan(5_000)
  })
})
