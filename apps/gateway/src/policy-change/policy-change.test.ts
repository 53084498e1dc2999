import { stripVTControlCharacters } from 'node:util'
import { compilePolicy, type Policy, parseRateLimit, type RuleDefinition } from '@countersign/auth-core'
import { describe, expect, it } from 'vitest'
import { diffPolicies } from './diff-policies.ts'
import { renderDiff } from './render-diff.ts'
import { renderDiffMarkdown } from './render-diff-markdown.ts'

const operations = (['list', 'get', 'remove'] as const).map((verb) => ({
  name: `accounts.${verb}`,
  method: verb === 'remove' ? 'DELETE' : 'POST',
  template: `/accounts/${verb}`,
  scopes: [verb === 'remove' ? 'delete' : 'read'],
  replay: 'never' as const,
  destructive: verb === 'remove',
}))

interface Options {
  readonly mode?: 'shadow' | 'enforce'
  readonly subjects?: readonly string[]
  readonly route?: string
  readonly forbidQuery?: readonly string[]
  readonly name?: string
  /** Path of an operation that nobody may call. */
  readonly neighbour?: string
  readonly audience?: string | undefined
}

function policy(allow: readonly Partial<RuleDefinition>[], options: Options = {}): Policy {
  const { mode, subjects = ['billing'], route, forbidQuery = [], name = 'billing', neighbour } = options
  const { audience } = { audience: 'crm', ...options }
  const [first] = operations
  const others = neighbour === undefined || !first ? [] : [{ ...first, name: 'other', template: neighbour }]
  const { policy: compiled, faults } = compilePolicy({
    upstreams: [
      {
        name: 'crm',
        audience,
        emptyScope: 'allow',
        operations: [...operations, ...others].map((each) => ({
          ...each,
          forbidQuery,
          ...(route !== undefined && each.name === 'accounts.get' && { template: route }),
        })),
      },
    ],
    services: [
      {
        name,
        mode,
        identities: subjects.map((subject) => ({ issuer: 'idp', subject })),
        allow: allow.map((rule, at) => ({
          upstream: 'crm',
          operations: ['accounts.get'],
          position: `new.yaml:${at + 1}:1`,
          ...rule,
        })),
      },
    ],
  })
  expect(faults).toEqual([])
  return compiled
}

function diff(old: Policy, now: Policy): string[] {
  return diffPolicies(old, now).map(
    ({ direction, kind, operation, before, after }) =>
      `${direction} ${kind}${operation ? ` ${operation}` : ''}: ${before} → ${after}`,
  )
}

it.each<[string, Partial<RuleDefinition>]>([
  ['always', {}],
  ['under a condition', { when: 'request.body.role == "viewer"' }],
  ['in shadow', { when: 'request.body.role == "viewer"', mode: 'shadow' }],
])('a query parameter that an operation forbids is a condition of every way to it: %s', (_what, rule) => {
  const [open, guarded] = [policy([rule]), policy([rule], { forbidQuery: ['secrets'] })]
  expect(diff(guarded, open)).toEqual([
    expect.stringMatching(/^gained .*accounts.get: .*the query has no secrets/),
  ])
  expect(diff(open, guarded)).toEqual([
    expect.stringMatching(/^lost .*accounts.get: .*the query has no secrets/),
  ])
})

const role = 'request.body.role == "viewer"'
const tenant = 'identity.claims.tenant == "acme"'
const limit = (source: string) => ({ limit: parseRateLimit(source) })

describe('what is gained shows, and the way back is lost', () => {
  it.each<[string, Partial<RuleDefinition>[], Partial<RuleDefinition>[], string]>([
    ['an operation', [], [{}], 'operation accounts.get: null → always, scopes read'],
    ['a condition less', [{ when: role }], [{}], `condition accounts.get: when ${role} → always`],
    [
      'a part of a condition less',
      [{ when: `${role} && ${tenant}` }],
      [{ when: tenant }],
      `condition accounts.get: when ${role} && ${tenant} → when ${tenant}`,
    ],
    [
      'a rule without a condition that decides first',
      [{ when: role }],
      [{}, { when: role }],
      `condition accounts.get: when ${role} → always`,
    ],
    [
      'a second condition beside the first',
      [{ when: role }],
      [{ when: role }, { when: tenant }],
      `condition accounts.get: when ${role} → when ${role}, or when ${tenant}`,
    ],
    [
      'a higher limit',
      [limit('60/minute')],
      [limit('61/minute')],
      'limit accounts.get: 60/minute → 61/minute',
    ],
    [
      'a longer burst',
      [limit('60/minute')],
      [limit('3600/hour')],
      'limit accounts.get: 60/minute → 3600/hour',
    ],
    ['no limit', [limit('1/day')], [{}], 'limit accounts.get: 1/day → no limit'],
    [
      'shadow',
      [{ when: role }],
      [{ when: role, mode: 'shadow' }],
      `mode accounts.get: when ${role} → when ${role}, or whatever the rules say (shadow)`,
    ],
  ])('%s', (_what, narrow, wide, expected) => {
    expect(diff(policy(narrow), policy(wide))).toContain(`gained ${expected}`)
    const back = diff(policy(wide), policy(narrow))
    expect(back).not.toEqual([])
    expect(back.filter((change) => !change.startsWith('lost'))).toEqual([])
  })

  it('scopes of another operation in the same rule, for each operation that gets them', () => {
    const both = [{ operations: ['accounts.get', 'accounts.remove'] }]
    expect(diff(policy([{}]), policy(both))).toEqual([
      'gained scopes accounts.get: read → delete read',
      'gained operation accounts.remove: null → always, scopes delete read',
    ])
    expect(diff(policy(both), policy([{ ...both[0], scopes: ['read'] }]))).toEqual([
      'lost scopes accounts.get: delete read → read',
      'lost scopes accounts.remove: delete read → read',
    ])
  })

  it('a service in shadow, for every operation there is', () => {
    const changes = diff(policy([]), policy([], { mode: 'shadow' }))
    expect(changes).toHaveLength(3)
    expect(changes.every((change) => change.startsWith('gained operation'))).toBe(true)
  })

  it('someone new who is the service', () => {
    expect(diff(policy([{}]), policy([{}], { subjects: ['billing', 'robot'] }))).toEqual([
      'gained identity: null → robot of idp',
    ])
    expect(diff(policy([{}], { subjects: ['billing', 'robot'] }), policy([{}]))).toEqual([
      'lost identity: robot of idp → null',
    ])
  })

  it('an identity that moves to another service', () => {
    const changes = diff(policy([{}]), policy([{}], { name: 'other' }))
    expect(changes).toContain('gained identity: null → billing of idp')
    expect(changes).toContain('lost identity: billing of idp → null')
  })
})

describe('where one thing goes and another comes, both are told', () => {
  const both = { operations: ['accounts.get', 'accounts.remove'] }
  const ruleOf = (scope: string) => ({ ...both, scopes: [scope] })
  it.each<[string, Partial<RuleDefinition>, Partial<RuleDefinition>, string]>([
    ['scopes', ruleOf('read'), ruleOf('delete'), 'scopes: gained delete, lost read'],
    [
      'scopes with shadow',
      ruleOf('delete'),
      { mode: 'shadow', when: role },
      'scopes: gained read, lost delete',
    ],
    ['an audience', {}, { audience: 'bank' }, 'audience: gained bank, lost crm'],
    ['a resource', { resource: ['r', 's'] }, { resource: ['s', 't'] }, 'audience: gained t, lost r'],
    ['calls for pace', limit('100/minute'), limit('10/second'), 'limit: gained , lost '],
  ])('%s', (_what, old, now, expected) => {
    const [kind] = expected.split(':')
    const told = diffPolicies(policy([old]), policy([now])).filter(
      (change) => change.kind === kind && change.operation === 'accounts.get',
    )
    const sides = told.map(({ direction, items = [] }) => `${direction} ${items.join()}`)
    expect(`${kind}: ${sides.join(', ')}`).toBe(expected)
    expect(told[0]).toMatchObject({ before: told[1]?.before, after: told[1]?.after })
  })

  it('by the text and by the table as well', () => {
    const changes = diffPolicies(policy([ruleOf('read')]), policy([ruleOf('delete')]))
    const text = stripVTControlCharacters(renderDiff(changes))
    expect(text).toMatch(/ {2}\+ crm .*\n {6}scopes: gains delete \(read → delete\)\n/)
    expect(text).toMatch(/ {2}- crm .*\n {6}scopes: loses read \(read → delete\)\n/)
    expect(renderDiffMarkdown(changes)).toMatch(
      /\*\*gained\*\* .* scopes `delete` .*\n\| lost .* scopes `read` /,
    )
  })

  it('none in place of an audience, which has no name', () => {
    const changes = diffPolicies(policy([{}]), policy([{}], { audience: undefined }))
    expect(changes.map(({ direction, after, items }) => [direction, after, items])).toEqual([
      ['gained', 'none', []],
      ['lost', 'none', ['crm']],
    ])
    expect(renderDiff(changes)).toMatch(
      / audience: crm → none\n(.*\n)* +audience: loses crm \(crm → none\)\n/,
    )
  })

  it('with a rule that comes or goes behind the others, what its token alone is for', () => {
    const one = policy([{ when: tenant }])
    const two = policy([{ when: tenant }, { ...both, audience: 'bank' }])
    expect(diff(one, two)).toEqual([
      `gained condition accounts.get: when ${tenant} → when ${tenant}, or always`,
      'gained scopes accounts.get: read → delete read',
      'gained audience accounts.get: crm → crm bank',
      'gained operation accounts.remove: null → always, scopes delete read',
    ])
    expect(diff(two, one)).toEqual([
      `lost condition accounts.get: when ${tenant}, or always → when ${tenant}`,
      'lost scopes accounts.get: delete read → read',
      'lost audience accounts.get: crm bank → crm',
      'lost operation accounts.remove: always, scopes delete read → null',
    ])
  })
})

describe('an exception in front, where it decides instead of the rule behind it,', () => {
  const wide = { operations: ['accounts.get', 'accounts.remove'] }
  const behind = 'always, scopes delete read, audience crm'
  it('takes away what it does not give', () => {
    const narrow = { when: tenant, operations: ['accounts.get'] }
    expect(diff(policy([wide]), policy([narrow, wide]))).toContain(
      `lost rules accounts.get: ${behind} → when ${tenant}, scopes read, audience crm; otherwise ${behind}`,
    )
  })

  it('gives what is new, and takes away what the rule behind gives', () => {
    const other = { ...wide, when: tenant, audience: 'bank' }
    expect(
      diff(policy([wide]), policy([other, wide])).filter((change) => change.includes('accounts.get')),
    ).toEqual([
      `same condition accounts.get: always → when ${tenant}, or always`,
      'gained audience accounts.get: crm → bank crm',
      `lost rules accounts.get: ${behind} → when ${tenant}, scopes delete read, audience bank; otherwise ${behind}`,
    ])
  })
})

it('is no gain to end shadow with a rule that gives no more', () => {
  const rule = { operations: ['accounts.remove'], ...limit('1/day') }
  const changes = diff(policy([], { mode: 'shadow' }), policy([rule]))
  expect(changes.filter((change) => !/^(lost|same) /.test(change))).toEqual([])
})

describe('what cannot be shown to be no gain counts as one', () => {
  it('a condition that says something else', () => {
    expect(
      diff(policy([{ when: role }]), policy([{ when: 'request.body.role in ["viewer", "owner"]' }])),
    ).toEqual([
      `unclear condition accounts.get: when ${role} → when request.body.role in ["viewer", "owner"]`,
    ])
  })

  it('conditions that differ in a tenth decimal, or in parentheses alone', () => {
    const amounts = ['< 0.12345678901', '< 0.12345678902'].map((bound) => `request.body.amount ${bound}`)
    const sums = ['- 2.0 - 1.0', '- (2.0 - 1.0)'].map((sum) => `5.0 ${sum} > request.body.amount`)
    for (const [one, other] of [amounts, sums])
      expect(diff(policy([{ when: one }]), policy([{ when: other }])).join()).toMatch(/^unclear condition/)
  })

  it('another order, where it matters which rule decides', () => {
    const narrow = { when: tenant, operations: ['accounts.get'] }
    const wide = { operations: ['accounts.get', 'accounts.remove'] }
    expect(diff(policy([narrow, wide]), policy([wide, narrow])).join()).toMatch(/unclear rules accounts.get/)
    // Dropping the exception sends its requests to the rule with more scopes.
    expect(diff(policy([narrow, wide]), policy([wide])).join()).toMatch(/unclear rules accounts.get/)
  })

  it('a name that stands for another request', () => {
    expect(diff(policy([{}]), policy([{}], { route: '/everything' }))).toEqual([
      'unclear route accounts.get: POST /accounts/get → POST /everything',
    ])
  })

  it('what a neighbour takes from an operation that stays as it is, or gives back', () => {
    const alone = policy([{}], { route: '/accounts/{id}' })
    const other = policy([{}], { route: '/accounts/{id}', neighbour: '/accounts/special' })
    const crossing = policy([{}], { route: '/accounts/{id}/x', neighbour: '/accounts/special/{y}' })
    expect(diff(alone, other)).toEqual([
      'lost route accounts.get: POST /accounts/{id} → POST /accounts/{id} but for POST /accounts/special',
    ])
    expect(diff(other, alone)).toEqual([
      'gained route accounts.get: POST /accounts/{id} but for POST /accounts/special → POST /accounts/{id}',
    ])
    expect(diff(policy([{}], { route: '/accounts/{id}/x' }), crossing).join()).toMatch(/^lost route/)
  })

  it('a limit under another condition', () => {
    const [slow, fast] = [limit('1/minute'), limit('9/minute')]
    expect(diff(policy([{ ...slow, when: role }]), policy([{ ...fast }]))).toContain(
      'gained limit accounts.get: 1/minute → 9/minute',
    )
  })

  it('a rule whose reading of the body refused what a later rule lets through', () => {
    expect(diff(policy([{ when: role }, { when: tenant }]), policy([{ when: tenant }])).join()).toMatch(
      /^unclear/,
    )
  })
})

describe('what comes to the same is no change', () => {
  it.each<[string, Partial<RuleDefinition>[], Partial<RuleDefinition>[]]>([
    [
      'a group written out',
      [{ operations: ['accounts.*'] }],
      [{ operations: operations.map(({ name }) => name) }],
    ],
    ['parts in another order', [{ when: `${role} && ${tenant}` }], [{ when: `${tenant} && ${role}` }]],
    ['a rule that is never reached', [{}], [{}, { when: role }]],
  ])('%s', (_what, one, other) => {
    const changes = [...diff(policy(one), policy(other)), ...diff(policy(other), policy(one))]
    expect(changes.filter((change) => !change.startsWith('same'))).toEqual([])
  })
})

describe('as Markdown', () => {
  it('keeps pipes and backticks of a condition inside their cell', () => {
    const when = '"a`|b" == request.method || request.method == "|"'
    const text = renderDiffMarkdown(diffPolicies(policy([]), policy([{ when }])))
    const row = text.split('\n').find((line) => line.includes('accounts.get'))
    expect(row?.match(/(?<!\\)\|/g)).toHaveLength(8)
    expect(row).toContain('`` when "a`\\|b"')
  })
})

describe('a token that may leave', () => {
  const release = { maxLifetimeSeconds: 3600 }
  const always = 'always, scopes read, audience crm, for at most 3600 s'
  it.each<[string, Partial<RuleDefinition>[], Partial<RuleDefinition>[], string]>([
    ['a release', [{}], [{ release }], `null → ${always}`],
    [
      'another resource',
      [{ release }],
      [{ release, resource: ['r'] }],
      `${always} → always, scopes read, audience crm, resource r, for at most 3600 s`,
    ],
    [
      'a longer life',
      [{ release: { maxLifetimeSeconds: 600 } }],
      [{ release }],
      `always, scopes read, audience crm, for at most 600 s → ${always}`,
    ],
    [
      'a condition less',
      [{ release, when: tenant }],
      [{ release }],
      `when ${tenant}, scopes read, audience crm, for at most 3600 s → ${always}`,
    ],
    [
      'a higher limit',
      [{ release, ...limit('1/hour') }],
      [{ release }],
      `${always}, at most 1/hour → ${always}`,
    ],
  ])('%s is gained, and the way back is lost', (_what, old, now, change) => {
    const releases = (before: Partial<RuleDefinition>[], after: Partial<RuleDefinition>[]) =>
      diff(policy(before), policy(after)).filter((line) => line.includes(' release '))
    expect(releases(old, now)).toEqual([`gained release token.release: ${change}`])
    const [from, to] = change.split(' → ')
    expect(releases(now, old)).toEqual([`lost release token.release: ${to} → ${from}`])
    expect(releases(now, now)).toEqual([])
  })

  it('for another thing is gained, and what it was for is lost', () => {
    const [old, now] = ['crm', 'bank'].map((audience) => policy([{ release, audience }]))
    const changes = old && now ? diffPolicies(old, now).filter(({ kind }) => kind === 'release') : []
    expect(changes.map(({ direction }) => direction)).toEqual(['gained', 'lost'])
    expect(changes.map(({ after }) => after)).toEqual(Array(2).fill(always.replace('crm', 'bank')))
  })
})
