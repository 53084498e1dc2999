import { describe, expect, test } from 'vitest'
import type { JudgeOptions } from './judge-needs.ts'
import { isUnmet, judgeNeeds } from './judge-needs.ts'
import { loadText } from './load-text.ts'
import { needsOf } from './needs-of.ts'
import { parsePact } from './pact-document.ts'
import { servicesYaml } from './policy-yaml.ts'
import { suggestPolicy } from './suggest-policy.ts'
import { findUnusedGrants } from './unused-grants.ts'

const gateway = `
gateway: { audience: gw, listen: "127.0.0.1:8080" }
issuers: { login: { kind: jwt, issuer: "https://login.internal" } }
upstreams:
  faable:
    preset: faable
    tenant: acme
    credential: { client_id: "\${env:NOBODY_SET_THIS}", client_secret: "\${file:/nowhere}" }
`
const reports = (allow: string) => `
services:
  reports:
    identities: [{ issuer: login, subject: reports }]
    allow: [${allow}]
`
const load = (services: string) => loadText('.', { policy: gateway + services })
const options: JudgeOptions = { serviceOf: new Map(), now: Date.parse('2026-01-05T12:00:00Z') }

/** A token request and what is expected: a token, or an error. */
function needs(...asked: readonly (readonly [form: string, error?: object])[]) {
  const interactions = asked.map(([form, error], at) => ({
    description: `a token request, ${at}`,
    request: { method: 'POST', path: '/oauth2/token', body: form },
    response: { status: error ? 400 : 200, body: error ?? { access_token: 'a-token' } },
  }))
  const names = { consumer: { name: 'reports' }, provider: { name: 'countersign-gateway' } }
  return needsOf(parsePact(JSON.stringify({ ...names, interactions })))
}
const readUsers = 'audience=faable&scope=read%3Ausers'

const judged = (asked: ReturnType<typeof needs>, policy: string) =>
  judgeNeeds(asked, load(reports(policy)), options)
const outcomes = (asked: ReturnType<typeof needs>, policy: string) =>
  judged(asked, policy).map(({ outcome }) => outcome)
const unused = (asked: ReturnType<typeof needs>, policy: string) => {
  const config = load(reports(policy))
  return findUnusedGrants(config, judgeNeeds(asked, config, options)).map(
    ({ kind, name }) => `${kind} ${name}`,
  )
}

const releasing = '{ upstream: faable, operations: [users.get, users.list], release: token }'

describe('a token request is a need like a call', () => {
  test('which a rule meets that releases its token, with what it has', () => {
    const [need] = judged(needs([readUsers]), releasing)
    expect(need).toMatchObject({ outcome: 'met', explanation: { token: { scopes: ['read:users'] } } })
  })

  test('and none that only lets calls through; the remedy is a rule that does', () => {
    const calls = '{ upstream: faable, operations: [users.get] }'
    const [need] = judged(needs([readUsers]), calls)
    expect(need).toMatchObject({
      outcome: 'unmet',
      why: expect.stringContaining('does not release its token'),
    })
    const [, rule = ''] = /^- (\{.*\})$/.exec(need?.remedy?.yaml ?? '') ?? []
    expect(outcomes(needs([readUsers]), `${calls}, ${rule}`)).toEqual(['met'])
  })

  test.each([
    ['a scope that no rule has', 'audience=faable&scope=delete%3Ausers', 'policy.scope', 'invalid_scope'],
    ['no upstream of the policy', 'audience=nowhere', 'exchange.target', 'invalid_target'],
  ])('for %s it is refused, by its code or in the words of OAuth alone', (_what, form, code, error) => {
    const asked = needs([form, { error, code }], [form, { error }])
    expect(outcomes(asked, releasing)).toEqual(['met', 'met'])
    expect(outcomes(needs([readUsers, { error, code }]), releasing)).toEqual(['unmet'])
  })

  test('a service that may have no token at all is refused', () => {
    const refused = needs([readUsers, { error: 'unauthorized_client', code: 'policy.refused' }])
    expect(outcomes(refused, '{ upstream: faable, operations: [users.get] }')).toEqual(['met'])
    expect(outcomes(refused, releasing)).toEqual(['unmet'])
  })

  test('what is refused before policy, or behind it, is not for policy to refuse', () => {
    const early = needs([readUsers, { error: 'invalid_request', code: 'exchange.subject-token' }])
    const late = needs([readUsers, { error: 'invalid_target', code: 'exchange.unreleasable' }])
    expect(outcomes([...early, ...late], releasing)).toEqual(['unasked', 'met'])
  })
})

describe('least privilege', () => {
  test('finds a release that no contract asks for', () => {
    expect(unused([], releasing)).toContain('release release: token')
    expect(unused(needs([readUsers]), releasing)).toEqual([])
  })

  test('finds a scope of a released token that no contract asks for, and what only that is enough for', () => {
    const wide = '{ upstream: faable, operations: [users.get, users.remove], release: token }'
    expect(unused(needs([readUsers]), wide)).toEqual(['operation users.remove', 'scope delete:users'])
    expect(unused(needs(['audience=faable']), wide)).toEqual([])
  })
})

describe('suggest', () => {
  function suggested(asked: ReturnType<typeof needs>, policy: string): string {
    const { services, unmet } = suggestPolicy(asked, { ...options, config: load(reports(policy)), load })
    expect(unmet).toEqual([])
    const yaml = servicesYaml(services)
    const again = judgeNeeds(asked, load(yaml), options)
    expect(again.filter(isUnmet)).toEqual([])
    expect(findUnusedGrants(load(yaml), again)).toEqual([])
    return yaml
  }

  test('keeps of a rule what tokens are asked for, and how long they may live', () => {
    const wide = '{ upstream: faable, operations: [users.*], release: token, release_max_lifetime: 2h }'
    expect(suggested(needs([readUsers]), wide)).toContain(
      '{ upstream: faable, operations: [users.list, users.get], release: token, release_max_lifetime: 7200s }',
    )
  })

  test('keeps no release that nobody asks for', () => {
    const call = needsOf(
      parsePact(
        JSON.stringify({
          consumer: { name: 'reports' },
          provider: { name: 'countersign-gateway' },
          interactions: [
            { description: 'a user', request: { method: 'GET', path: '/faable/user/u' }, response: {} },
          ],
        }),
      ),
    )
    expect(suggested(call, releasing)).toContain('{ upstream: faable, operations: [users.get] }')
  })

  test('makes a rule where there is none, of the scopes that are asked for', () => {
    expect(suggested(needs([readUsers]), '')).toMatch(
      /\{ upstream: faable, operations: \[.*users\.get.*\], release: token \}/,
    )
  })

  test('and says so where a request does not say what it is for', () => {
    const config = load(reports(''))
    const { unmet } = suggestPolicy(needs(['audience=faable']), { ...options, config, load })
    expect(unmet).toHaveLength(1)
  })
})
