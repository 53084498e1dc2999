import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { presets } from '@countersign/auth-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../config/load.ts'
import { GrantUsage } from './grant-usage.ts'
import { createRecordJudge, type RecordJudge } from './record-judge.ts'
import { parseRecordedRequest } from './recorded-request.ts'
import { ReplayTally } from './replay-tally.ts'

const policy = `
gateway: { audience: https://gateway.internal, listen: "127.0.0.1:8080" }
issuers: { idp: { kind: jwt, issuer: "https://idp.internal" } }
upstreams:
  crm:
    url: https://crm.example
    token: { endpoint: https://crm.example/token, audience: crm }
    credential: { client_id: x, client_secret: "\${env:NOWHERE}" }
    operations:
      a.list: { route: "GET /a", scopes: [s, t] }
      a.mine: { route: "GET /a/mine" }
      a.get: { route: "GET /a/{id}" }
      a.add: { route: "POST /a" }
      a.put: { route: "PUT /a/{id}" }
      a.plain: { route: "GET /plain", forbid_query: [secrets] }
      crm.list: { route: "GET /crm/a" }
      crm.gone: { route: "GET /crm/gone" }
services:
  one:
    identities: [{ issuer: idp, subject: one }]
    allow:
      - { upstream: crm, operations: [a.list], limit: 1/day }
      - { upstream: crm, operations: [a.get], when: 'request.path.id == "42" && now < timestamp("2026-02-01T00:00:00Z")' }
      - { upstream: crm, operations: [a.add], when: request.body.ok == true }
      - { upstream: crm, operations: [a.add] }
      - { upstream: crm, operations: [a.mine], when: identity.claims.ok == true }
      - { upstream: crm, operations: [a.mine], when: 'request.query.ok == "1" || request.headers["x-ok"] == "1"' }
      - { upstream: crm, operations: [a.list], scopes: [s], release: token }
      - { upstream: crm, operations: [a.put], when: 'identity.subject == "one" && identity.service == "one"' }
      - { upstream: crm, operations: [a.list], scopes: [t], release: token, limit: 1/day }
      - { upstream: crm, operations: [a.plain, crm.gone] }
  two:
    identities: [{ issuer: idp, subject: two }]
    allow:
      - { upstream: crm, operations: [a.list], release: token, when: 'now < timestamp("2026-02-01T00:00:00Z")' }
`

let folder: string
let judge: RecordJudge
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  writeFileSync(join(folder, 'countersign.yaml'), policy)
  judge = createRecordJudge(loadConfig(folder, { env: {}, presets, policyOnly: true }))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const closed = {
  kind: 'close',
  time: '2026-01-05T12:00:00.000Z',
  method: 'GET',
  issuer: 'idp',
  subject: 'one',
  verdict: 'allow',
}

function ask(line: object) {
  const request = parseRecordedRequest(JSON.stringify({ ...closed, ...line }))
  return typeof request === 'string' ? request : judge(request)
}

describe('what the record holds is judged', () => {
  it.each([
    ['a rule without a condition', { path: '/crm/a' }, 'allow'],
    ['a condition on the path', { path: '/crm/a/42' }, 'allow'],
    ['the same with another path', { path: '/crm/a/43' }, 'deny'],
    ['the same at another time', { path: '/crm/a/42', time: '2026-03-05T12:00:00.000Z' }, 'deny'],
    ['an encoded path, as the gateway reads it', { path: '/crm/a/4%32' }, 'allow'],
    ['who calls', { path: '/crm/a/1', method: 'PUT' }, 'allow'],
    ['a stranger', { path: '/crm/a', subject: 'nobody' }, 'deny'],
    ['a path that leads nowhere', { path: '/crm/b' }, 'deny'],
    ['a request that was routed by host', { path: '/a', host: 'crm.gateway.internal' }, 'allow'],
    ['the same on an older line', { path: '/a', upstream: 'crm' }, 'allow'],
    [
      'a path that is gone, and is one of the upstream’s own by host',
      { path: '/crm/gone', upstream: 'crm' },
      'deny',
    ],
    [
      'by host, a path that is like another upstream’s',
      { path: '/crm/a', host: 'crm.gateway.internal' },
      'deny',
    ],
    ['the host of nothing', { path: '/crm/a', host: 'erp.gateway.internal' }, 'deny'],
    [
      'a request whose operation has another name now',
      { path: '/crm/a', upstream: 'crm', operation: 'old' },
      'allow',
    ],
  ])('%s', (_what, line, verdict) => {
    expect(ask(line)).toMatchObject({ verdict })
    expect(ask(line)).toMatchObject({ verdict })
  })
})

describe('what the record does not hold is not guessed', () => {
  it.each([
    ['claims, query and headers', { path: '/crm/a/mine' }, ['claims', 'headers', 'query']],
    ['a body that may be refused, whatever the next rule says', { path: '/crm/a', method: 'POST' }, ['body']],
    ['a parameter that the operation forbids', { path: '/crm/plain' }, ['query']],
    ['a path that a token was cut out of', { path: '/crm/a/[token]' }, ['path']],
  ])('%s', (_what, line, missing) => {
    expect(ask(line)).toMatchObject({ verdict: 'unknown', missing })
  })
})

describe('a line is believed only its form', () => {
  it.each([
    ['half a line', '{"kind":"close"', 'torn'],
    ['a list', '[]', 'torn'],
    ['another kind', '{"kind":"open"}', 'other'],
    ['nobody known', JSON.stringify({ ...closed, path: '/crm/a', subject: 7 }), 'undecided'],
    [
      'a bad token',
      JSON.stringify({ ...closed, path: '/crm/a', verdict: 'deny', code: 'identity.expired' }),
      'undecided',
    ],
    ['a failure of the gateway', JSON.stringify({ ...closed, path: '/crm/a', verdict: 'none' }), 'undecided'],
  ])('%s', (_what, text, outcome) => {
    expect(parseRecordedRequest(text)).toBe(outcome)
  })

  it('a call beyond its limit was allowed by policy: no drift', () => {
    const tally = new ReplayTally(judge)
    tally.add(JSON.stringify({ ...closed, path: '/crm/a', verdict: 'deny', code: 'policy.rate-limited' }))
    expect(tally.counts).toMatchObject({ judged: 1, same: 1 })
  })

  it('names that someone made up do not fill the memory', () => {
    const tally = new ReplayTally(judge)
    for (let at = 0; at < 10_050; at++) {
      tally.add(JSON.stringify({ ...closed, path: '/nowhere', service: `made-up-${at}` }))
    }
    expect(tally.counts.changed).toBe(10_050)
    expect(tally.changed()).toHaveLength(10_000)
  })
})

describe('a token that was handed out', () => {
  const line = (scopes: readonly string[], rest: object = {}) =>
    JSON.stringify({
      kind: 'close',
      issuer: 'idp',
      subject: 'one',
      method: 'POST',
      path: '/oauth2/token',
      upstream: 'crm',
      operation: 'token.release',
      verdict: 'allow',
      time: '2026-01-05T12:00:00.000Z',
      scopes,
      ...rest,
    })
  const judged = (text: string) => {
    const request = parseRecordedRequest(text)
    if (typeof request === 'string') throw new Error(request)
    return judge(request)
  }

  it('is judged by the rules that release theirs, and by its scopes', () => {
    expect(judged(line(['s']))).toMatchObject({
      verdict: 'allow',
      operation: 'token.release',
      rules: ['one allow[6]'],
    })
    expect(judged(line(['u']))).toMatchObject({ verdict: 'deny' })
    expect(judged(line(['s'], { subject: 'stranger' }))).toMatchObject({ verdict: 'deny' })
  })

  it.each<[string, object, string]>([
    ['scopes that a rule has', { scopes: ['t'], audience: ['crm'], resource: [] }, 'allow'],
    [
      'whatever a rule has',
      { scopes: [], audience: [], resource: ['https://gateway.internal/crm'] },
      'allow',
    ],
    ['scopes that none has', { scopes: ['t', 's'], audience: ['crm'], resource: [] }, 'deny'],
    ['a target that there is not', { scopes: [], audience: ['erp'], resource: [] }, 'deny'],
    ['more than is on record', { too_long: true }, 'unknown'],
  ])('is judged by what was asked for, where that is on record: %s', (_what, asked, verdict) => {
    const was = { code: 'exchange.target', verdict: 'deny', upstream: undefined, operation: undefined }
    expect(judged(line([], { ...was, scopes: undefined, asked }))).toMatchObject({ verdict })
  })

  const refused = { scopes: undefined, verdict: 'deny', code: 'policy.scope' }
  const nowhere = { ...refused, code: 'exchange.target', upstream: undefined, operation: undefined }

  it('is not guessed where it was refused: an older line does not hold what was asked for', () => {
    for (const code of ['policy.scope', 'exchange.target', 'policy.refused', 'policy.rate-limited']) {
      expect(judged(line([], { ...refused, code }))).toMatchObject({
        ...{ verdict: 'unknown', upstream: 'crm', operation: 'token.release' },
        missing: ['scopes'],
      })
    }
    for (const code of ['exchange.target', 'policy.refused']) {
      expect(judged(line([], { ...nowhere, code }))).toMatchObject({
        ...{ verdict: 'unknown', upstream: undefined, operation: 'token.release' },
        missing: ['target', 'scopes'],
      })
    }
  })

  it('stays refused, whatever was asked for, where nothing is released', () => {
    expect(judged(line([], { ...refused, upstream: 'erp' }))).toMatchObject({ verdict: 'deny', missing: [] })
    expect(judged(line([], { ...refused, subject: 'stranger' }))).toMatchObject({ verdict: 'deny' })
    const tooLate = { subject: 'two', time: '2026-03-05T12:00:00.000Z' }
    expect(judged(line([], { ...refused, ...tooLate }))).toMatchObject({ verdict: 'deny' })
    expect(judged(line([], { ...nowhere, ...tooLate }))).toMatchObject({ verdict: 'deny' })
  })

  it('is counted by what the record does not hold', () => {
    const tally = new ReplayTally(judge)
    for (const text of [line([], refused), line([], nowhere), line([], refused), line(['s'])]) tally.add(text)
    expect(tally.counts).toMatchObject({ judged: 4, same: 1, changed: 0, unknown: 3, undecided: 0 })
    expect(tally.unknown()).toMatchObject([
      { upstream: 'crm', operation: 'token.release', before: 'deny', missing: ['scopes'], count: 2 },
      { upstream: '(none)', operation: 'token.release', missing: ['target', 'scopes'], count: 1 },
    ])
  })

  it('was of use to every rule that may have released it, where a limit was in its way', () => {
    const usage = new GrantUsage(judge, undefined)
    usage.add(line([], { ...refused, code: 'policy.rate-limited' }))
    expect([6, 8, 7].map((rule) => usage.isUsed(`one allow[${rule}]`, 'a.list'))).toEqual([true, true, false])
  })

  it('was of use to every operation of its rule', () => {
    const usage = new GrantUsage(judge, undefined)
    usage.add(line(['s']))
    expect(usage.isUsed('one allow[6]', 'a.list')).toBe(true)
    expect(usage.isUsed('one allow[0]', 'a.list')).toBe(false)
  })
})
