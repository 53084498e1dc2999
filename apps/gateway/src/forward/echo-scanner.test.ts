import { expect, it } from 'vitest'
import { EchoScanner } from './echo-scanner.ts'
import { secretSpellings } from './secret-spellings.ts'

const secret = 'eyJhbGciOi.s/ecret+"value"'
const spellings = secretSpellings([secret])

/** What comes out when the text goes in, in pieces of that size. */
function scanned(text: string, size: number): { out: string; found: boolean } {
  const scanner = new EchoScanner(spellings)
  const bytes = Buffer.from(text)
  const out: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) {
    out.push(Buffer.from(scanner.take(Buffer.from(bytes.subarray(at, at + size)), false)))
  }
  out.push(scanner.rest() ?? Buffer.alloc(0))
  return { out: Buffer.concat(out).toString(), found: scanner.found }
}

it.each([
  ['as it is', secret],
  ['percent-encoded', encodeURIComponent(secret)],
  ['in JSON', JSON.stringify(secret).slice(1, -1)],
  ['in JSON with escaped slashes', JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')],
])('%s it is masked, its length kept, however it is cut', (_name, spelt) => {
  const text = `before ${spelt} between ${spelt} after`
  const masked = text.replaceAll(spelt, '*'.repeat(spelt.length))
  for (let size = 1; size <= text.length; size++)
    expect(scanned(text, size)).toEqual({ out: masked, found: true })
})

it.each([0, 1, 2, 3, 4])('in Base64 behind %d other bytes it is masked', (before) => {
  for (const coding of ['base64', 'base64url'] as const) {
    const text = Buffer.from(`${'x'.repeat(before)}${secret}yz`).toString(coding)
    const { out, found } = scanned(text, 7)
    expect([found, out.length]).toEqual([true, text.length])
    expect(Buffer.from(out.replaceAll('*', 'A'), 'base64').toString()).not.toContain(secret.slice(4, -4))
  }
})

it('what only begins like it passes as it is', () => {
  const text = `${secret.slice(0, 20)} ${secret.slice(0, -1)}`
  for (let size = 1; size <= text.length; size++)
    expect(scanned(text, size)).toEqual({ out: text, found: false })
})

it('what is too short to be one is not looked for', () => {
  expect(secretSpellings(['', 'short'])).toEqual([])
})
