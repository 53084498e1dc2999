import { performance } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { createTokenSearch } from './stray-token.ts'

const holdsToken = createTokenSearch(['https://cluster.internal', 'spiffe://td.example'])
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const token = (claims: unknown) => `${part({ alg: 'ES256' })}.${part(claims)}.${'s'.repeat(86)}`
const ours = token({ iss: 'https://cluster.internal', sub: 'svc-b' })
const encoded = (text: string) =>
  text.replaceAll(/./g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`)

describe('a token of a known issuer is found', () => {
  it.each([
    ['in a path', `/a/${ours}/b`],
    ['in a query', `/a?x=${ours}&y=1`],
    ['glued to a word', `/a/token-${ours}`],
    ['glued to another one', `/a/${token({ iss: 'https://vendor.example' })}${ours}`],
    ['percent-encoded', `/a?x=${encoded(ours)}`],
    ['percent-encoded twice', `/a?x=${encoded(encoded(ours))}`],
    ['without a signature', `/a/${ours.slice(0, ours.lastIndexOf('.') + 1)}`],
    [
      'whose claims have white space',
      `/a/e30.${Buffer.from('{ "iss": "https://cluster.internal"}').toString('base64url')}.x`,
    ],
    ['of a trust domain', `/a?${token({ sub: 'spiffe://td.example/admin' })}`],
  ])('%s', (_where, text) => expect(holdsToken(text)).toBe(true))
})

describe('everything else is the upstream’s', () => {
  it.each([
    ['a token of another issuer', `/a?cursor=${token({ iss: 'https://vendor.example' })}`],
    ['an issuer that only begins alike', `/a?x=${token({ iss: 'https://cluster.internal.evil.test' })}`],
    ['a subject of another trust domain', `/a?x=${token({ sub: 'spiffe://td.example.evil/admin' })}`],
    ['claims that are no object', `/a?x=${token(null)}`],
    ['claims that are no JSON', '/a?x=eyJh.eyJhbGciOi.x'],
    ['names with dots', '/a/b.elements.c/v1.example.json'],
    ['nothing', '/'],
  ])('%s', (_what, text) => expect(holdsToken(text)).toBe(false))
})

// The limit is for a search that begins anew at every place: seconds for each text.
it('takes one pass, whatever the text', () => {
  const begun = performance.now()
  const hostile = [
    'ey'.repeat(7500),
    '.ey'.repeat(5000),
    `.${'ey'.repeat(7000)}.`,
    '%2e'.repeat(5000),
    `.${part('['.repeat(9000))}.`,
  ]
  for (let n = 0; n < 5; n++) for (const text of hostile) expect(holdsToken(text)).toBe(false)
  expect(performance.now() - begun).toBeLessThan(30_000)
})
