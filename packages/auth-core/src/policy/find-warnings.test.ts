import { describe, expect, it } from 'vitest'
import { operation, policyOf } from '../../test/policy-fixture.ts'
import { findWarnings } from './find-warnings.ts'
import type { Mode, RuleDefinition } from './policy.ts'

const operations = [
  operation('accounts.list', 'GET /accounts'),
  operation('accounts.remove', 'DELETE /accounts/{id}', { destructive: true }),
  operation('members.add', 'POST /members'),
  operation('members.remove', 'DELETE /members/{id}'),
]

function warnings(allow: readonly Partial<RuleDefinition>[], mode?: Mode): string[] {
  const policy = policyOf({
    upstreams: [{ name: 'idp', audience: undefined, emptyScope: 'allow', operations }],
    services: [
      {
        name: 'billing',
        identities: [{ issuer: 'cluster', subject: 'billing' }],
        position: 'policy.yaml:1:1',
        mode,
        allow: allow.map((rule, at) => ({
          upstream: 'idp',
          operations: ['accounts.list'],
          position: `policy.yaml:${at + 5}:1`,
          ...rule,
        })),
      },
    ],
  })
  return findWarnings(policy)
    .filter(({ kind }) => kind !== 'operation-unused')
    .map(({ kind, position }) => `${kind} ${position}`)
}

const when = 'request.method == "GET"'

describe('a reviewer is told of', () => {
  it.each<[string, readonly Partial<RuleDefinition>[], string[]]>([
    ['a rule behind one that takes it all', [{}, { when }], ['rule-never-matches policy.yaml:6:1']],
    [
      'a rule behind two that take it all together',
      [{}, { operations: ['members.add'] }, { operations: ['accounts.list', 'members.add'] }],
      ['rule-never-matches policy.yaml:7:1'],
    ],
    [
      'a condition that is not asked for some operations',
      [{}, { operations: ['accounts.list', 'members.add'], when }],
      ['rule-partly-shadowed policy.yaml:6:1'],
    ],
    [
      'a group with something destructive in it',
      [{ operations: ['accounts.*'] }],
      ['destructive-wildcard policy.yaml:5:1'],
    ],
    [
      'a token that leaves and can delete',
      [
        { release: { maxLifetimeSeconds: 60 }, operations: ['accounts.remove'] },
        { release: { maxLifetimeSeconds: 60 } },
      ],
      ['destructive-release policy.yaml:5:1'],
    ],
    [
      'and one that can call a DELETE, whatever is said of it',
      [{ release: { maxLifetimeSeconds: 60 }, operations: ['members.remove'] }],
      ['destructive-release policy.yaml:5:1'],
    ],
    ['a rule in shadow', [{ when, mode: 'shadow' }], ['shadow-mode policy.yaml:5:1']],
    [
      'shadow that has no effect',
      [{ when }, { when, mode: 'shadow' }],
      ['shadow-without-effect policy.yaml:6:1'],
    ],
  ])('%s', (_what, rules, expected) => {
    expect(warnings(rules)).toEqual(expected)
  })

  it('a service in shadow', () => {
    expect(warnings([], 'shadow')).toEqual(['shadow-mode policy.yaml:1:1'])
  })

  it('operations that nobody may call', () => {
    const policy = policyOf({
      upstreams: [{ name: 'idp', audience: undefined, emptyScope: 'allow', operations }],
      services: [],
    })
    expect(findWarnings(policy)).toEqual([
      expect.objectContaining({
        kind: 'operation-unused',
        message: expect.stringContaining('4 of 4 operations of idp'),
      }),
    ])
  })
})

describe('nobody is bothered about', () => {
  it.each<[string, readonly Partial<RuleDefinition>[]]>([
    ['a rule behind one with a condition', [{ when }, {}]],
    [
      'a group behind an exception to it',
      [{ operations: ['members.add'], scopes: undefined }, { operations: ['members.*', 'accounts.list'] }],
    ],
    [
      'a rule that releases a token, behind one that takes its calls',
      [{}, { release: { maxLifetimeSeconds: 60 } }],
    ],
    [
      'and one that asks who wants it',
      [{}, { release: { maxLifetimeSeconds: 60 }, when: 'identity.claims.tenant == "42"' }],
    ],
    ['a destructive operation by its name', [{ operations: ['accounts.remove'] }]],
  ])('%s', (_what, rules) => {
    expect(warnings(rules)).toEqual([])
  })
})
