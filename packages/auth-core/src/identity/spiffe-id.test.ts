import { expect, it } from 'vitest'
import { isTrustDomain, parseSpiffeId } from './spiffe-id.ts'

it.each([
  ['spiffe://td/a', { trustDomain: 'td', path: '/a' }],
  [
    'spiffe://prod.example_1-x/ns/a.b/sa/C_d-e',
    { trustDomain: 'prod.example_1-x', path: '/ns/a.b/sa/C_d-e' },
  ],
  ['spiffe://td/...', { trustDomain: 'td', path: '/...' }],
  ['spiffe://td', { trustDomain: 'td', path: '' }],
  [`spiffe://td/${'a'.repeat(2036)}`, expect.objectContaining({ trustDomain: 'td' })],
])('%.60s is a SPIFFE ID', (text, id) => expect(parseSpiffeId(text)).toEqual(id))

it.each([
  '',
  'spiffe://',
  'spiffe:///a',
  'SPIFFE://td/a',
  'spiffe://TD/a',
  'spiffe://td:443/a',
  'spiffe://user@td/a',
  'spiffe://td/a?x',
  'spiffe://td/a#x',
  'spiffe://td/a/../b',
  'spiffe://td/./b',
  'spiffe://td/..',
  'spiffe://td/a//b',
  'spiffe://td/a/',
  'spiffe://td/',
  'spiffe://td/%2e',
  'spiffe://td/a b',
  'spiffe://td/a\n',
  'spiffe://td/ä',
  'https://td/a',
  ' spiffe://td/a',
  'spiffe://td/evil, URI:spiffe://td/admin',
  `spiffe://td/${'a'.repeat(2037)}`,
  `spiffe://${'a'.repeat(256)}/a`,
])('%.60j is none', (text) => expect(parseSpiffeId(text)).toBeUndefined())

it('a trust domain is a name and nothing more', () => {
  expect(isTrustDomain('prod.example')).toBe(true)
  for (const text of ['', 'a/b', 'spiffe://a', 'A', 'a:1']) expect(isTrustDomain(text)).toBe(false)
})
