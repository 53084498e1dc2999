import { expect, it } from 'vitest'
import { policyConfig } from '../../test/support/policy-config.ts'
import { renderAnswer } from '../cli/render-answer.ts'
import { createHypotheticals } from './hypothetical.ts'

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
services:
  reports:
    identities: [{ issuer: idp, subject: reports }]
    allow:
      - { upstream: crm, operations: [accounts.*] }
      - { upstream: crm, operations: [accounts.list], release: token }
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
