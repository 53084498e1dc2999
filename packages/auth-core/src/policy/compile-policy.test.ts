import { describe, expect, it } from 'vitest'
import { question } from '../../test/policy-fixture.ts'
import type { Identity } from '../identity/identity.ts'
import { authorize, type Means } from './authorize.ts'
import { compilePolicy } from './compile-policy.ts'
import type { Grant } from './grant.ts'
import type { Operation } from './operation.ts'
import type { PolicyDefinition } from './policy.ts'

function operation(name: string, scopes: string[]): Operation {
  return { name, method: 'GET', template: `/${name}`, scopes, replay: 'never', destructive: false }
}

const read = operation('users.read', ['read:users'])
const write = operation('users.write', ['update:users', 'read:users'])
const nested = operation('users.keys.read', ['read:keys'])
const bare = operation('ping', [])

function compile(
  allow: PolicyDefinition['services'][number]['allow'],
  emptyScope: 'allow' | 'refuse' = 'allow',
) {
  return compilePolicy({
    upstreams: [{ name: 'idp', audience: 'aud', emptyScope, operations: [read, write, nested, bare] }],
    services: [{ name: 'billing', identities: [{ issuer: 'cluster', subject: 'sa:billing' }], allow }],
  })
}

const identity = (issuer: string, subject: string): Identity => ({
  issuer,
  subject,
  claims: {},
  expiresAt: 0,
})

const means: Means = {
  readBody: () => Promise.reject(new Error('no rule here reads a body')),
  limiter: { take: () => ({ allowed: true, remaining: 1, resetSeconds: 1 }) },
}

function decide({ policy }: ReturnType<typeof compile>, asked: Operation, subject = 'sa:billing'): Grant {
  const grant = authorize(policy, question({ operation: asked, subject }), means)
  if (grant instanceof Promise) throw new Error('nothing here has to be waited for')
  return grant
}

const at = 'policy.yaml:1:1'

describe('which rule decides, and with which scopes', () => {
  it('asks for the union of what the rule needs, and for nothing of another rule', () => {
    const compiled = compile([
      { upstream: 'idp', operations: ['users.read', 'users.write'], position: at },
      { upstream: 'idp', operations: ['users.keys.*'], position: at },
    ])
    expect(compiled.faults).toEqual([])
    expect(decide(compiled, read).tokenRequest.scopes).toEqual(['read:users', 'update:users'])
    expect(decide(compiled, nested).tokenRequest.scopes).toEqual(['read:keys'])
  })

  it('takes the first rule that includes the operation', () => {
    const compiled = compile([
      { upstream: 'idp', operations: ['users.read'], position: at },
      { upstream: 'idp', operations: ['users.*'], position: at },
    ])
    expect(decide(compiled, read).rule).toBe('billing allow[0]')
    expect(decide(compiled, write).rule).toBe('billing allow[1]')
  })

  it('narrows by the scopes of the rule', () => {
    const compiled = compile([
      { upstream: 'idp', operations: ['users.*'], scopes: ['read:users'], position: at },
    ])
    expect(decide(compiled, write).tokenRequest.scopes).toEqual(['read:users'])
  })

  it('gives equal token requests one object, and different ones different objects', () => {
    const compiled = compile([
      { upstream: 'idp', operations: ['users.read'], position: at },
      { upstream: 'idp', operations: ['users.write'], scopes: ['read:users'], position: at },
      { upstream: 'idp', operations: ['users.keys.read'], position: at },
    ])
    expect(decide(compiled, read).tokenRequest).toBe(decide(compiled, write).tokenRequest)
    expect(decide(compiled, read).tokenRequest).not.toBe(decide(compiled, nested).tokenRequest)
  })
})

describe('the default is no', () => {
  it('for an operation that no rule includes', () => {
    const compiled = compile([{ upstream: 'idp', operations: ['users.read'], position: at }])
    expect(() => decide(compiled, write)).toThrow(expect.objectContaining({ code: 'policy.refused' }))
  })

  it('for an identity that differs in issuer or subject', () => {
    const compiled = compile([{ upstream: 'idp', operations: ['users.*'], position: at }])
    for (const stranger of [identity('other', 'sa:billing'), identity('cluster', 'sa:billing-evil')]) {
      expect(compiled.policy.serviceOf(stranger)).toBeUndefined()
    }
    expect(() => decide(compiled, read, 'sa:billing-evil')).toThrow(
      expect.objectContaining({ code: 'policy.refused' }),
    )
  })

  it('and the refusal names the operation, not the policy', () => {
    const compiled = compile([{ upstream: 'idp', operations: ['users.read'], position: at }])
    expect(() => decide(compiled, write)).toThrow(
      expect.objectContaining({ says: 'The service billing may not call idp users.write.' }),
    )
  })

  it('and nothing but authorize makes a grant', () => {
    // @ts-expect-error a hand-made object lacks the brand
    const forged: Grant = { service: 'x', upstream: 'idp', operation: read, rule: '', verdict: 'allow' }
    expect(forged).toBeDefined()
  })
})

describe('a fault is reported with its place', () => {
  it.each([
    [
      'an upstream that does not exist',
      { upstream: 'nobody', operations: ['x'] },
      'allow',
      /no upstream "nobody"/,
    ],
    [
      'an operation that does not exist',
      { upstream: 'idp', operations: ['users.rd'] },
      'allow',
      /"users.rd" names no/,
    ],
    [
      'a scope that would widen',
      { upstream: 'idp', operations: ['users.read'], scopes: ['x'] },
      'allow',
      /"x" is not/,
    ],
    ['no scope where that means all', { upstream: 'idp', operations: ['ping'] }, 'refuse', /no scope/],
  ] as const)('%s', (_name, rule, emptyScope, message) => {
    const { faults } = compile([{ ...rule, position: 'policy.yaml:7:9' }], emptyScope)
    expect(faults).toEqual([
      expect.objectContaining({ position: 'policy.yaml:7:9', message: expect.stringMatching(message) }),
    ])
  })
})
