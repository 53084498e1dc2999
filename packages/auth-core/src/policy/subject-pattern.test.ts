import { describe, expect, it } from 'vitest'
import { compileSubjectPattern, subjectPatternFlaw } from './subject-pattern.ts'

describe('a "*" stands for one whole segment', () => {
  it.each([
    ['system:serviceaccount:prod:api', 'system:serviceaccount:prod:api', true],
    ['system:serviceaccount:prod:api', 'system:serviceaccount:prod:api-evil', false],
    ['system:serviceaccount:prod:api', 'system:serviceaccount:prod:api:x', false],
    ['system:serviceaccount:prod:api', 'system:serviceaccount:Prod:api', false],
    ['system:serviceaccount:prod:*', 'system:serviceaccount:prod:api', true],
    ['system:serviceaccount:prod:*', 'system:serviceaccount:prod:', false],
    ['system:serviceaccount:prod:*', 'system:serviceaccount:prod:api:x', false],
    ['system:serviceaccount:prod:*', 'x:system:serviceaccount:prod:api', false],
    ['system:serviceaccount:prod:*', 'system:serviceaccount:prod-evil:api', false],
    ['system:serviceaccount:*:api', 'system:serviceaccount:a:b:api', false],
    ['repo:org/app:*', 'repo:org/app-evil:ref', false],
    ['repo:org/app:*', 'repo:org/app:ref:refs/heads/main', false],
    ['repo:org/app:ref:refs/heads/*', 'repo:org/app:ref:refs/heads/main', true],
    ['repo:org/app:ref:refs/heads/*', 'repo:org/app:ref:refs:heads/main', false],
    ['spiffe://td/ns/*/sa/api', 'spiffe://td/ns/prod/sa/api', true],
    ['spiffe://td/ns/*/sa/api', 'spiffe://td/ns/prod/x/sa/api', false],
  ])('%s and %s: %s', (pattern, subject, fits) => {
    expect(compileSubjectPattern(pattern).matches(subject)).toBe(fits)
  })

  it.each(['*', '*:x', 'a*', 'system:serviceaccount:prod:api-*', 'a:*:*:*:*:*', `a:${'b'.repeat(2000)}`])(
    '%.40s is no pattern',
    (pattern) => {
      expect(subjectPatternFlaw(pattern)).toBeTypeOf('string')
      expect(() => compileSubjectPattern(pattern)).toThrow(TypeError)
    },
  )

  it('takes no longer for a subject that nearly fits many times over', () => {
    const pattern = compileSubjectPattern('a:*:*:*:*:b')
    const begun = performance.now()
    expect(pattern.matches(`a${':a'.repeat(100_000)}`)).toBe(false)
    expect(performance.now() - begun).toBeLessThan(5_000)
  })
})
