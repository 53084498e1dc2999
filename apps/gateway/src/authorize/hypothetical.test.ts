import { expect, it } from 'vitest'
import { policyConfig } from '../../test/support/policy-config.ts'
import { renderAnswer } from '../cli/render-answer.ts'
import { createHypotheticals, type Hypothetical } from './hypothetical.ts'

const config = policyConfig(`
gateway: { audience: https://gateway.internal, listen: 127.0.0.1:0 }
issuers: { idp: { kind: jwt, issuer: https://idp.example, jwks: https://idp.example/jwks } }
upstreams:
  crm:
    url: https://api.crm.example
    token: { endpoint: https://auth.crm.example/token, audience: https://api.crm.example }
    credential: { client_id: x, client_secret: "\${env:NOWHERE}" }
    operations:
      accounts.list: { route: GET /accounts, scopes: [read] }
      accounts.add: { route: POST /accounts, scopes: [write] }
      changes.watch: { route: GET /changes, websocket: true }
services:
  reports:
    identities: [{ issuer: idp, subject: reports }]
    allow:
      - { upstream: crm, operations: [accounts.*] }
      - { upstream: crm, operations: [accounts.list], release: token }
  by-claim:
    identities: [{ issuer: idp, claims: { sub: robot } }]
    allow: [{ upstream: crm, operations: [accounts.list] }]
`)
const ask = createHypotheticals(config)
const exchange = (body: string) =>
  renderAnswer(ask({ caller: { service: 'reports' }, method: 'POST', target: '/oauth2/token', body, now: 0 }))

it.each([
  [
    'audience=crm',
    ['allow', 'reports → crm token.release', 'reports allow[1]', 'at most 3600 s', 'scopes    read'],
  ],
  ['resource=https%3A%2F%2Fgateway.internal%2Fcrm', ['allow']],
  ['audience=crm&scope=write', ['deny', 'no rule releases a token', 'scopes: its own are read']],
  ['audience=other', ['deny', 'exchange.target']],
])('explains a token exchange by its form: %s', (body, words) => {
  const told = exchange(body)
  for (const word of words) expect(told).toContain(word)
})

const reports = { issuer: 'idp', subject: 'reports' }
const stranger = { issuer: 'idp', subject: 'nobody' }

/** The verdict, or the code that the gateway would answer with. */
function outcome(request: Partial<Hypothetical>): string {
  const answer = ask({ caller: reports, method: 'GET', target: '/crm/accounts', now: 0, ...request })
  if ('fault' in answer) return answer.fault.code
  return answer.explanation.code ?? answer.explanation.verdict
}

// Each as the gateway does: test/policy/differential.test.ts compares the two over generated requests.
it.each<[string, Partial<Hypothetical>, string]>([
  ['a path that there is not', { target: '/crm/nothing' }, 'route.unknown'],
  [
    'the same by a stranger, who learns nothing of it',
    { caller: stranger, target: '/crm/nothing' },
    'policy.refused',
  ],
  ['another method by a stranger', { caller: stranger, method: 'PUT' }, 'policy.refused'],
  ['two readings by a stranger', { caller: stranger, target: '/crm//accounts' }, 'policy.refused'],
  [
    'what is refused before anyone asks who',
    { caller: stranger, target: '/crm?_method=PUT' },
    'request.malformed',
  ],
  ['an upstream by its host', { target: '/accounts', headers: ['host', 'crm.gateway.internal'] }, 'allow'],
  ['by its host, a path of another', { headers: ['Host', 'crm.gateway.internal'] }, 'route.unknown'],
  ['a host that is none', { headers: ['host', 'a b'] }, 'request.malformed'],
  ['two hosts', { headers: ['host', 'a', 'host', 'b'] }, 'request.malformed'],
  ['an expectation', { headers: ['expect', 'miracles'] }, 'request.expectation'],
  ['a WebSocket where there is none', { headers: ['upgrade', 'websocket'] }, 'request.unsupported'],
  ['a WebSocket, whose handshake is taken for granted', { target: '/crm/changes' }, 'policy.refused'],
  ['a claim that every token has', { caller: { issuer: 'idp', subject: 'robot' } }, 'allow'],
  ['a token exchange by another method', { target: '/oauth2/token' }, 'route.method'],
  [
    'a token exchange with a query',
    { method: 'POST', target: '/oauth2/token?audience=crm' },
    'request.malformed',
  ],
  [
    'a malformed scope, before anyone asks who',
    { ...exchangeOf('scope=%22'), caller: stranger },
    'policy.scope',
  ],
  [
    'a path of an upstream like ours',
    { ...exchangeOf(''), headers: ['host', 'crm.localhost'] },
    'route.unknown',
  ],
])('knows the code for %s', (_what, request, expected) => {
  expect(outcome(request)).toBe(expected)
})

it('tells whoever asks what a stranger is not told', () => {
  const told = renderAnswer(ask({ caller: stranger, method: 'GET', target: '/crm/nothing', now: 0 }))
  expect(told).toMatch(/a stranger\n.*policy\.refused\n.*no service lists this issuer and subject/)
})

function exchangeOf(body: string): Partial<Hypothetical> {
  return { method: 'POST', target: '/oauth2/token', body }
}
