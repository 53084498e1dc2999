import { describe, expect, it } from 'vitest'
import { Fault } from '../fault.ts'
import { createIdentityIndex } from './identity-index.ts'
import { compileIdentity, type IdentityDefinition } from './identity-pattern.ts'

const github = (claims: IdentityDefinition['claims'], more: Partial<IdentityDefinition> = {}) =>
  compileIdentity({ issuer: 'github', claims, ...more })

describe('whose an identity is', () => {
  const index = createIdentityIndex([
    { name: 'exact', identities: [compileIdentity({ issuer: 'cluster', subject: 'sa:ops:api' })] },
    { name: 'namespace', identities: [compileIdentity({ issuer: 'cluster', subject: 'sa:web:*' })] },
    { name: 'pinned', identities: [compileIdentity(pinned('uid-1'))] },
    { name: 'main', identities: [github({ repository_id: '1', environment: ['production', 'staging'] })] },
    { name: 'pulls', identities: [github({ repository_id: '2' }, { exceptPullRequests: true })] },
    { name: 'one', identities: [github({ repository_id: '3', workflow: 'a' })] },
    { name: 'other', identities: [github({ repository_id: '3', environment: 'production' })] },
  ])
  function pinned(uid: string): IdentityDefinition {
    return {
      issuer: 'cluster',
      subject: 'sa:db:api',
      claims: { 'kubernetes.io': { serviceaccount: { uid } } },
    }
  }

  it.each([
    ['cluster', 'sa:ops:api', {}, 'exact'],
    ['elsewhere', 'sa:ops:api', {}, undefined],
    ['cluster', 'sa:web:anything', {}, 'namespace'],
    ['cluster', 'sa:db:api', { 'kubernetes.io': { serviceaccount: { uid: 'uid-1' } } }, 'pinned'],
    ['cluster', 'sa:db:api', { 'kubernetes.io': { serviceaccount: { uid: 'uid-2' } } }, undefined],
    ['cluster', 'sa:db:api', { 'kubernetes.io': 'uid-1' }, undefined],
    ['github', 'any', { repository_id: '1', environment: 'staging' }, 'main'],
    ['github', 'any', { repository_id: '1', environment: ['staging'] }, undefined],
    ['github', 'any', { repository_id: 1, environment: 'staging' }, undefined],
    ['github', 'any', { repository_id: '1' }, undefined],
    ['github', 'any', { repository_id: '2', event_name: 'push' }, 'pulls'],
    ['github', 'any', { repository_id: '2', event_name: 'pull_request' }, undefined],
    ['github', 'any', { repository_id: '2', event_name: 'pull_request_target' }, undefined],
    ['github', 'any', { repository_id: '2', ref: 'refs/pull/7/merge' }, undefined],
    ['github', 'repo:o/r:pull_request', { repository_id: '2' }, undefined],
    ['github', 'any', { repository_id: '3', workflow: 'a', environment: 'dev' }, 'one'],
  ])('%s %s %j: %s', (issuer, subject, claims, owner) => {
    const identity = { issuer, subject, claims }
    expect(index.ownerOf(identity)?.name).toBe(owner)
    expect(index.ownerOf(identity)?.name, 'asked again').toBe(owner)
  })

  it('is refused where two could be meant: neither gets what the other may do', () => {
    const claims = { repository_id: '3', workflow: 'a', environment: 'production' }
    const ask = () => index.ownerOf({ issuer: 'github', subject: 'any', claims })
    for (const time of ['first', 'again']) {
      expect(ask, time).toThrow(expect.objectContaining({ code: 'identity.ambiguous', owner: 'operator' }))
      expect(ask, time).toThrow(Fault)
    }
  })
})

describe('whether two definitions can mean one identity', () => {
  it.each([
    [{ subject: 'a:b' }, { subject: 'a:b' }, 'certainly'],
    [{ subject: 'a:b' }, { subject: 'a:c' }, 'never'],
    [{ subject: 'a:*' }, { subject: 'a:c' }, 'certainly'],
    [{ subject: 'a:*' }, { subject: '*'.replace('*', 'b:*') }, 'never'],
    [{ subject: 'a:*:c' }, { subject: 'a:b:*' }, 'certainly'],
    [{ subject: 'a:b' }, { subject: 'a:b', claims: { x: 1 } }, 'certainly'],
    [{ subject: 'a:b', claims: { x: 2 } }, { subject: 'a:b', claims: { x: 1 } }, 'never'],
    [{ claims: { x: [1, 2] } }, { claims: { x: [2, 3] } }, 'certainly'],
    [{ claims: { x: 1 } }, { claims: { x: 1, y: 1 } }, 'certainly'],
    [{ claims: { x: 1, z: 1 } }, { claims: { x: 1, y: 1 } }, 'perhaps'],
    [{ subject: 'a:b' }, { claims: { x: 1 } }, 'perhaps'],
    [{ claims: { x: '1' } }, { claims: { x: 1 } }, 'never'],
  ] as const)('%j and %j: %s', (one, other, outcome) => {
    const [first, second] = [one, other].map((definition) => compileIdentity({ issuer: 'i', ...definition }))
    expect(second && first?.overlap(second)).toBe(outcome)
    expect(first && second?.overlap(first)).toBe(outcome)
    expect(first?.overlap(compileIdentity({ issuer: 'j', ...other }))).toBe('never')
  })

  it('an example fits what it is an example of', () => {
    const pattern = compileIdentity({
      issuer: 'i',
      subject: 'a:*',
      claims: { x: [true, false], y: { z: 'v' } },
    })
    expect(pattern.matches(pattern.example)).toBe(true)
  })
})
