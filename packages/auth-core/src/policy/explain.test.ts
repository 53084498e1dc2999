import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { operation, policyOf, question } from '../../test/policy-fixture.ts'
import { Fault } from '../fault.ts'
import { authorize } from './authorize.ts'
import { explain } from './explain.ts'
import type { JudgedBody } from './judge-body.ts'
import type { Mode, PolicyDefinition, RuleDefinition } from './policy.ts'

const list = operation('accounts.list', 'GET /accounts')
const add = operation('members.add', 'POST /accounts/{account_id}/members', { scopes: ['write'] })
const remove = operation('members.remove', 'DELETE /accounts/{account_id}/members/{member_id}', {
  scopes: ['remove'],
})
const operations = [list, add, remove]

function policyFor(allow: readonly RuleDefinition[], mode?: Mode) {
  return policyOf({
    upstreams: ['idp', 'crm'].map((name) => ({ name, audience: name, emptyScope: 'allow', operations })),
    services: [{ name: 'billing', identities: [{ issuer: 'cluster', subject: 'billing' }], allow }],
    mode,
  })
}

const rule = (rest: Partial<RuleDefinition>): RuleDefinition => ({
  upstream: 'idp',
  operations: ['members.add'],
  position: 'policy.yaml:9:5',
  ...rest,
})

describe('an explanation', () => {
  it('of what is allowed names the rule, each part with its values, and the token', () => {
    const policy = policyFor([
      rule({ when: 'request.body.role == "viewer" && request.path.account_id != "1"' }),
    ])
    const asked = question({ operation: add, path: '/accounts/42/members', body: { role: 'viewer' } })
    expect(explain(policy, asked)).toEqual({
      verdict: 'allow',
      service: 'billing',
      upstream: 'idp',
      operation: 'members.add',
      rule: { label: 'billing allow[0]', position: 'policy.yaml:9:5', limit: undefined },
      token: { audience: 'idp', scopes: ['write'] },
      examined: [
        {
          label: 'billing allow[0]',
          position: 'policy.yaml:9:5',
          matched: true,
          condition: {
            source: 'request.body.role == "viewer" && request.path.account_id != "1"',
            outcome: true,
            parts: [
              { source: 'request.body.role == "viewer"', outcome: true },
              { source: 'request.path.account_id != "1"', outcome: true },
            ],
            values: [
              { source: 'request.body.role', value: 'viewer' },
              { source: 'request.path.account_id', value: '42' },
            ],
          },
        },
      ],
      closest: undefined,
    })
  })

  it('of a denial names the rule that came nearest, and the first thing that did not fit', () => {
    const policy = policyFor([
      rule({ when: 'request.body.role == "viewer" && request.path.account_id == "1"' }),
      rule({ when: '(request.body.role == "member" || false) && request.path.account_id == "42"' }),
    ])
    const asked = question({ operation: add, path: '/accounts/42/members', body: { role: 'owner' } })
    expect(explain(policy, asked)).toMatchObject({
      verdict: 'deny',
      closest: { label: 'billing allow[1]', misfit: 'when: request.body.role == "member" || false is false' },
    })
  })

  it('of an expression that fails says which, and where', () => {
    const asked = question({ operation: add, body: {} })
    expect(explain(policyFor([rule({ when: 'request.body.role == "viewer"' })]), asked)).toMatchObject({
      closest: {
        misfit: 'when: request.body.role == "viewer" is not known (no such key: request.body.role)',
      },
    })
  })

  it.each([
    [
      [rule({ operations: ['accounts.list'] }), rule({ operations: ['members.add'] })],
      'billing allow[1]',
      'operations: [members.add] does not include members.remove',
    ],
    [
      [rule({ upstream: 'crm', operations: ['members.*'] }), rule({ operations: ['accounts.list'] })],
      'billing allow[1]',
      'operations: [accounts.list] does not include members.remove',
    ],
    [
      [rule({ upstream: 'crm', operations: ['members.*'] })],
      'billing allow[0]',
      'upstream: it is for crm, not for idp',
    ],
  ])('of an operation that no rule includes names the rule most alike', (rules, label, misfit) => {
    expect(explain(policyFor(rules), question({ operation: remove }))).toMatchObject({
      closest: { label, misfit },
    })
  })
})

const conditions = [
  undefined,
  'request.body.role == "viewer"',
  'request.body.role != "owner" || request.method == "GET"',
  'request.query.page == "1"',
  '!("page" in request.query) && identity.claims.tenant == "acme"',
  'request.headers["x-team"].startsWith("a")',
  'identity.claims.groups.exists(g, g == "admins")',
]
const anyMode = fc.constantFrom<Mode | undefined>(undefined, 'enforce', 'shadow')
const anyRule = fc.record({
  upstream: fc.constantFrom('idp', 'crm'),
  operations: fc.subarray(['accounts.list', 'accounts.*', 'members.add', 'members.*'], { minLength: 1 }),
  when: fc.constantFrom(...conditions),
  mode: anyMode,
  position: fc.constant('policy.yaml:1:1'),
})
const anyPolicy = fc.record({
  services: fc.array(fc.record({ allow: fc.array(anyRule, { maxLength: 5 }), mode: anyMode }), {
    maxLength: 3,
  }),
  mode: anyMode,
})
const anyQuestion = fc.record({
  operation: fc.constantFrom(...operations),
  upstream: fc.constantFrom('idp', 'crm'),
  subject: fc.constantFrom('s0', 's1', 's2', 'stranger'),
  query: fc.constantFrom('', '?page=1', '?page=1&page=2', '?Page=1', '?page=%ff'),
  headers: fc.constantFrom([], ['x-team', 'a'], ['x-team', 'a', 'X-Team', 'b']),
  claims: fc.constantFrom({}, { tenant: 'acme' }, { groups: ['admins'] }, { groups: 'admins' }),
  role: fc.constantFrom(undefined, 'viewer', 'owner', 1, null),
})

describe('for any policy and request', () => {
  it('explain says what authorize does', async () => {
    await fc.assert(
      fc.asyncProperty(anyPolicy, anyQuestion, async (made, { role, ...parts }) => {
        const definition: PolicyDefinition = {
          upstreams: ['idp', 'crm'].map((name) => ({
            name,
            audience: name,
            emptyScope: 'allow',
            operations,
          })),
          services: made.services.map((service, at) => ({
            ...service,
            name: `s${at}`,
            identities: [{ issuer: 'cluster', subject: `s${at}` }],
          })),
          mode: made.mode,
        }
        const policy = policyOf(definition)
        const asked = question(parts)
        const body: JudgedBody = role === undefined ? { kind: 'absent' } : { kind: 'json', value: { role } }
        const said = explain(policy, { ...asked, body })
        const done = await outcomeOf(() =>
          authorize(policy, asked, {
            readBody: () => Promise.resolve(body),
            limiter: { take: () => ({ allowed: true, remaining: 1, resetSeconds: 1 }) },
          }),
        )
        expect({ verdict: said.verdict, rule: said.rule?.label, token: said.token?.scopes }).toEqual(done)
      }),
      { numRuns: 3000 },
    )
  })
})

async function outcomeOf(act: () => ReturnType<typeof authorize>) {
  try {
    const { verdict, rule: label, tokenRequest } = await act()
    return { verdict, rule: verdict === 'allow' ? label : undefined, token: tokenRequest.scopes }
  } catch (error) {
    if (error instanceof Fault && error.code === 'policy.refused') {
      return { verdict: 'deny', rule: undefined, token: undefined }
    }
    throw error
  }
}
