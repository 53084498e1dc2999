import { describe, expect, it } from 'vitest'
import { Fault } from '../fault.ts'
import { judgeBody, maxJudgedBytes } from './judge-body.ts'

const json = ['Content-Type', 'application/json']

function judge(body: string | Uint8Array, headers: readonly string[] = json): unknown {
  try {
    return judgeBody(typeof body === 'string' ? new TextEncoder().encode(body) : body, headers)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return `${error.code}: ${error.says}`
  }
}

describe('a body that a rule reads', () => {
  it.each([
    ['application/json', json],
    ['application/json with a charset', ['content-type', 'application/json; charset=UTF-8']],
    ['a structured suffix', ['content-type', 'application/vnd.api+json']],
    ['the identity coding', [...json, 'content-encoding', 'identity']],
  ])('is taken as %s', (_what, headers) => {
    expect(judge('{"role":"viewer"}', headers)).toEqual({ kind: 'json', value: { role: 'viewer' } })
  })

  it('is absent when nothing was sent, whatever its type', () => {
    expect(judge('', [])).toEqual({ kind: 'absent' })
  })

  it.each<[string, string | Uint8Array, readonly string[], RegExp]>([
    ['no type', '{}', [], /Content-Type/],
    ['two types', '{}', [...json, ...json], /Content-Type/],
    ['a form', 'role=viewer', ['content-type', 'application/x-www-form-urlencoded'], /Content-Type/],
    ['text that looks like JSON', '{}', ['content-type', 'text/json'], /Content-Type/],
    ['another charset', '{}', ['content-type', 'application/json; charset=utf-16'], /Content-Type/],
    ['two types in one', '{}', ['content-type', 'application/json, text/plain'], /Content-Type/],
    ['a coding', '{}', [...json, 'Content-Encoding', 'gzip'], /Content-Encoding/],
    [
      'a second coding',
      '{}',
      [...json, 'content-encoding', 'identity', 'content-encoding', 'br'],
      /Content-Encoding/,
    ],
    ['a duplicate member', '{"role":"viewer","role":"owner"}', json, /duplicate/],
    ['a duplicate member, escaped', '{"role":"viewer","r\\u006fle":"owner"}', json, /duplicate/],
    ['members that differ in case', '{"role":"viewer","Role":"owner"}', json, /differ in case/],
    ['the same, deep inside', '[{"a":{"role":"viewer","ROLE":"owner"}}]', json, /differ in case/],
    ['trailing bytes', '{"role":"viewer"} {"role":"owner"}', json, /more than one value/],
    ['a trailing NUL', '{"role":"viewer"}\0', json, /more than one value/],
    ['a byte order mark', '\ufeff{}', json, /no value/],
    ['what is not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), json, /not UTF-8/],
    ['UTF-16', new Uint8Array([0x7b, 0, 0x7d, 0]), json, /there is/],
    ['a comment', '{/* */}', json, /there is/],
    ['NaN', '{"a":NaN}', json, /no value/],
    ['an integer that parsers round', '{"id":9007199254740993}', json, /2\^53/],
    ['depth', '['.repeat(100_000), json, /nesting/],
  ])('is refused: %s', (_what, body, headers, why) => {
    expect(judge(body, headers)).toMatch(/^request\.malformed/)
    expect(judge(body, headers)).toMatch(why)
  })

  it('is refused when it is too long, to the byte', () => {
    const text = (bytes: number) => `"${'a'.repeat(bytes - 2)}"`
    expect(judge(text(maxJudgedBytes))).toMatchObject({ kind: 'json' })
    expect(judge(text(maxJudgedBytes + 1))).toMatch(/^request\.too-large/)
  })

  it('is refused when it has more items than conditions may look at', () => {
    const list = (items: number) => JSON.stringify(Array.from({ length: items }, () => 1))
    expect(judge(list(1000))).toMatchObject({ kind: 'json' })
    expect(judge(list(1001))).toMatch(/^request\.too-large/)
  })
})
