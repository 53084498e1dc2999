import { describe, expect, it } from 'vitest'
import { canonicalTarget } from './canonical-target.ts'

describe('paths that real APIs use pass, byte for byte', () => {
  it.each([
    ['/api/v2/users/auth0%7C123', ['api', 'v2', 'users', 'auth0|123']],
    ['/repos/o/r/contents/a%20b.txt', ['repos', 'o', 'r', 'contents', 'a b.txt']],
    ['/v1/..foo', ['v1', '..foo']],
    ['/v1/...', ['v1', '...']],
    ['/.well-known/x', ['.well-known', 'x']],
    ['/%E2%9C%93', ['✓']],
    ['/trailing/', ['trailing', '']],
    ['/a+b', ['a+b']],
    ['/100%25', ['100%']],
    ['/', ['']],
  ])('%s', (target, segments) => {
    expect(canonicalTarget(target)).toEqual({ path: target, query: '', segments })
  })

  it.each(['?q=a%2Fb%26c&q=2', '?/../admin', '??x', '?a[]=1&b={"x":2}', '?'])('query %s', (query) => {
    expect(canonicalTarget(`/x${query}`)).toEqual({ path: '/x', query, segments: ['x'] })
  })
})

describe('what two servers could read differently is refused', () => {
  it.each([
    '/public/../admin',
    '/public/./x',
    '/../admin',
    '/..',
    '/%2e%2e/admin',
    '/.%2e/admin',
    '/%2E%2E/admin',
    '/..%2fadmin',
    '/..%5cadmin',
    '/\\..\\admin',
    '/public%2f..%2fadmin',
    '/%2fadmin',
    '/%252e%252e%252fadmin',
    '/%2561dmin',
    '/%c0%ae%c0%ae/admin',
    '/%e0%80%ae/admin',
    '/%u002e/admin',
    '/%EF%BC%8E%EF%BC%8E/admin',
    '/%E3%80%82%E3%80%82/admin',
    '/a%EF%BC%8Fadmin',
    '/é',
    '/public;/../admin',
    '/public/..;/admin',
    '/admin;x',
    '/admin%3bx',
    '/public%00/admin',
    '/a%0ab',
    '/a%0d%0a X: y',
    '/a%09b',
    '/a%20',
    '/%20a',
    '/%zz',
    '/%',
    '/a%2',
    '//admin',
    '//evil.test/public/x',
    '/public//x',
    '/public/x#/../admin',
    '/x?a#b',
    '/x?a b',
    '/x?a\u00e9',
    'http://evil.test/public/x',
    '*',
    '',
  ])('%s', (target) => {
    expect(() => canonicalTarget(target)).toThrow(expect.objectContaining({ code: 'request.malformed' }))
  })

  it('a hostile path of 16 KiB is answered at once, whatever it repeats', () => {
    for (const part of ['/..', '/%25', '/a', '/%EF%BC%8E', '/;']) {
      const hostile = part.repeat(16_000 / part.length)
      const start = performance.now()
      try {
        canonicalTarget(hostile)
      } catch {}
      expect(performance.now() - start).toBeLessThan(5_000)
    }
  })
})
