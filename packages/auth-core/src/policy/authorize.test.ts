import { describe, expect, it } from 'vitest'
import { operation, policyOf, type QuestionParts, question } from '../../test/policy-fixture.ts'
import { Fault } from '../fault.ts'
import { authorize, type Means } from './authorize.ts'
import { compilePolicy } from './compile-policy.ts'
import type { Grant } from './grant.ts'
import { judgeBody } from './judge-body.ts'
import type { PolicyDefinition, RuleDefinition } from './policy.ts'
import { parseRateLimit } from './rate-limit.ts'

const read = operation('members.list', 'GET /accounts/{account_id}/members', { scopes: ['read'] })
const add = operation('members.add', 'POST /accounts/{account_id}/members', { scopes: ['write'] })
const bare = operation('ping', 'GET /ping')

const rule = (rest: Partial<RuleDefinition> = {}): RuleDefinition => ({
  upstream: 'idp',
  operations: ['members.add'],
  position: 'policy.yaml:1:1',
  ...rest,
})

function definition(
  allow: readonly RuleDefinition[],
  rest: Partial<PolicyDefinition> = {},
): PolicyDefinition {
  return {
    upstreams: [{ name: 'idp', audience: 'aud', emptyScope: 'allow', operations: [read, add, bare] }],
    services: [{ name: 'billing', identities: [{ issuer: 'cluster', subject: 'billing' }], allow }],
    ...rest,
  }
}

/** The grant or the fault, the body as text, and how often it was read. */
async function ask(
  policy: PolicyDefinition,
  { text = '', ...parts }: Partial<QuestionParts> & { text?: string },
  limiter?: Means['limiter'],
): Promise<{ outcome: Grant | Fault; reads: number }> {
  let reads = 0
  const headers = ['content-type', 'application/json']
  const means: Means = {
    readBody() {
      reads += 1
      return Promise.resolve().then(() => judgeBody(new TextEncoder().encode(text), headers))
    },
    limiter: limiter ?? { take: () => ({ allowed: true, remaining: 1, resetSeconds: 1 }) },
  }
  try {
    return {
      outcome: await authorize(policyOf(policy), question({ operation: add, ...parts }), means),
      reads,
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { outcome: error, reads }
  }
}

describe('the body', () => {
  const reading = rule({ when: 'request.body.role == "viewer"' })

  it('is not read for a rule that does not look at it, nor for one that another goes before', async () => {
    const policy = definition([rule({ when: 'request.path.account_id == "42"' }), reading])
    expect(await ask(policy, { path: '/accounts/42/members', text: 'not JSON' })).toMatchObject({
      outcome: { rule: 'billing allow[0]' },
      reads: 0,
    })
    expect(await ask(policy, { path: '/accounts/43/members', text: '{"role":"viewer"}' })).toMatchObject({
      outcome: { rule: 'billing allow[1]' },
      reads: 1,
    })
  })

  it('is not read for another operation of the service', async () => {
    expect(
      await ask(definition([reading, rule({ operations: ['members.list'] })]), { operation: read }),
    ).toMatchObject({
      outcome: { rule: 'billing allow[1]' },
      reads: 0,
    })
  })

  it('that cannot be read in one way only is refused, also where a later rule would allow', async () => {
    for (const text of ['{"role":"viewer","role":"owner"}', '{', '[1] 2']) {
      const { outcome } = await ask(definition([reading, rule()], { mode: 'shadow' }), { text })
      expect(outcome).toMatchObject({ code: 'request.malformed' })
    }
  })

  it('that is not there makes the rule not match, and the denial says so', async () => {
    const { outcome } = await ask(definition([reading]), { text: '' })
    expect(outcome).toMatchObject({
      code: 'policy.refused',
      detail: 'billing allow[0]: its condition could not be evaluated: the request has no body',
    })
  })
})

describe('a limit', () => {
  const limited = rule({ limit: parseRateLimit('60/minute') })
  const spent: Means['limiter'] = { take: () => ({ allowed: false, remaining: 0, resetSeconds: 11.2 }) }

  it('answers 429 with what is left, and does not fall through to a later rule', async () => {
    const { outcome } = await ask(definition([limited, rule()]), {}, spent)
    expect(outcome).toMatchObject({
      code: 'policy.rate-limited',
      retryAfterSeconds: 12,
      rateLimit: { calls: 60, windowSeconds: 60, remaining: 0, resetSeconds: 12 },
    })
  })

  it('is counted by service and rule, and only for the rule that decides', async () => {
    const keys: unknown[] = []
    const limiter: Means['limiter'] = {
      take(key, limit) {
        keys.push([...key, limit.source])
        return Promise.resolve({ allowed: true, remaining: 1, resetSeconds: 1 })
      },
    }
    const other = rule({ when: 'request.method == "GET"', limit: parseRateLimit('1/day') })
    expect((await ask(definition([other, limited]), {}, limiter)).outcome).toMatchObject({
      rule: 'billing allow[1]',
    })
    expect(keys).toEqual([['billing', 'billing allow[1]', '60/minute']])
  })

  it('holds in shadow as well: a rule has allowed', async () => {
    expect((await ask(definition([limited], { mode: 'shadow' }), {}, spent)).outcome).toMatchObject({
      code: 'policy.rate-limited',
    })
  })

  it.each(['', '60', '0/minute', '-1/minute', '60/week', '60 / minute', '1e3/day', '60/minute '])(
    '%j is none',
    (source) => {
      expect(parseRateLimit(source)).toBeUndefined()
    },
  )
})

describe('shadow', () => {
  it('lets through what no rule allows, with the scopes of that operation, and says why it would be denied', async () => {
    const { outcome } = await ask(
      definition([rule({ operations: ['members.list'] })], { mode: 'shadow' }),
      {},
    )
    expect(outcome).toMatchObject({
      verdict: 'shadow',
      tokenRequest: { scopes: ['write'], audience: 'aud' },
      wouldBeDenied: 'no rule of billing includes idp members.add',
    })
  })

  it('never a stranger', async () => {
    const { outcome } = await ask(definition([rule()], { mode: 'shadow' }), { subject: 'stranger' })
    expect(outcome).toMatchObject({ code: 'policy.refused' })
  })

  it('is no shadow where a rule allows', async () => {
    expect((await ask(definition([rule()], { mode: 'shadow' }), {})).outcome).toMatchObject({
      verdict: 'allow',
    })
  })

  const never = 'request.method == "PATCH"'
  it.each<[string, PolicyDefinition, string]>([
    ['a rule in shadow', definition([rule({ when: never, mode: 'shadow' })]), 'shadow'],
    [
      'a rule in shadow, for other operations',
      definition([rule({ operations: ['ping'], mode: 'shadow' })]),
      'deny',
    ],
    [
      'beside a rule that is enforced',
      definition([rule({ when: never }), rule({ when: never, mode: 'shadow' })]),
      'deny',
    ],
    [
      'a rule enforced in a shadow gateway',
      definition([rule({ when: never, mode: 'enforce' })], { mode: 'shadow' }),
      'deny',
    ],
    [
      'a condition that cannot be evaluated',
      definition([rule({ when: 'request.body.a == 1', mode: 'shadow' })]),
      'shadow',
    ],
  ])('%s', async (_what, policy, verdict) => {
    const { outcome } = await ask(policy, {})
    expect(outcome instanceof Fault ? 'deny' : outcome.verdict).toBe(verdict)
  })

  it('of a service goes before that of the gateway', async () => {
    const [service] = definition([]).services
    if (!service) throw new Error('there is one')
    const enforced = definition([], { mode: 'shadow', services: [{ ...service, mode: 'enforce' }] })
    expect((await ask(enforced, {})).outcome).toBeInstanceOf(Fault)
    const shadowed = definition([], { services: [{ ...service, mode: 'shadow' }] })
    expect((await ask(shadowed, {})).outcome).toMatchObject({ verdict: 'shadow' })
  })

  it('is a fault at load where it would ask for a token without scopes that means every scope', () => {
    const [upstream] = definition([]).upstreams
    if (!upstream) throw new Error('there is one')
    const refusing = definition([], { mode: 'shadow', upstreams: [{ ...upstream, emptyScope: 'refuse' }] })
    expect(compilePolicy(refusing).faults).toEqual([
      expect.objectContaining({ message: expect.stringContaining('in shadow, idp ping') }),
    ])
  })
})

it('the caller of a denial learns nothing of the policy, the record which rules came close', async () => {
  const { outcome } = await ask(definition([rule({ when: 'request.body.role == "viewer"' })]), {
    text: '{"role":"s3cret"}',
  })
  expect(outcome).toMatchObject({
    says: 'The service billing may not call idp members.add.',
    detail: 'billing allow[0]: its condition is false',
  })
})

describe('a token itself', () => {
  const release = { maxLifetimeSeconds: 60 }
  const asks = (
    allow: readonly RuleDefinition[],
    scopes: readonly string[] = [],
    rest: Partial<PolicyDefinition> = {},
  ) => ask(definition(allow, rest), { release: { scopes } }).then(({ outcome }) => outcome)
  const both = { operations: ['members.*'] }

  it('is granted by the first rule that releases it and has the scopes, with these and no others', async () => {
    const rules = [rule(), rule({ release }), rule({ ...both, release })]
    expect(await asks(rules)).toMatchObject({
      rule: 'billing allow[1]',
      tokenRequest: { scopes: ['write'] },
      release,
    })
    expect(await asks(rules, ['read'])).toMatchObject({
      rule: 'billing allow[2]',
      tokenRequest: { scopes: ['read'] },
    })
    expect(await asks(rules, ['write', 'read'])).toMatchObject({
      tokenRequest: { scopes: ['read', 'write'] },
    })
  })

  it('is refused in words that say no more than the caller may know', async () => {
    const code = async (...parts: Parameters<typeof asks>) => ((await asks(...parts)) as Fault).code
    expect(await code([rule()])).toBe('policy.refused')
    expect(await code([rule({ release })], ['read'])).toBe('policy.scope')
    expect(await code([rule({ release, when: 'identity.subject == "x"' })])).toBe('exchange.target')
  })

  it('is never let through by shadow', async () => {
    const outcome = await asks([rule()], [], { mode: 'shadow' })
    expect((outcome as Fault).code).toBe('policy.refused')
  })

  it('is no matter of requests, so a condition on one is a fault', () => {
    const { faults } = compilePolicy(definition([rule({ release, when: '"x" in request.headers' })]))
    expect(faults).toMatchObject([{ key: 'when', message: expect.stringContaining('reads request.headers') }])
  })
})
