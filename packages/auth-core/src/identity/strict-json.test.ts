import { performance } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { parseStrictJson } from './strict-json.ts'

describe('parseStrictJson', () => {
  it.each([
    'null',
    ' [1, -0.5e3, "a\\u0062\\n\\ud83d\\ude00", true, false, null, {}, []] ',
    '{"a":{"b":[{"c":"\u2028 ü 😀"}]},"":0,"1":2}',
    '"\\"\\\\\\/"',
    '-0',
    '1e308',
  ])('reads what JSON.parse reads: %j', (text) => {
    expect(JSON.stringify(parseStrictJson(text))).toBe(JSON.stringify(JSON.parse(text)))
  })

  it.each([
    ['equal members', '{"a":1,"a":1}'],
    ['members equal after unescaping', '{"sub":1,"s\\u0075b":2}'],
    ['equal members called __proto__', '{"__proto__":1,"__proto__":2}'],
    ['a duplicate deep inside', '[{"a":[{"b":1,"c":2,"b":3}]}]'],
    ['a byte order mark', '\ufeff{}'],
    ['a lone surrogate', '"\ud800"'],
    ['an escaped lone surrogate', '"\\ud800"'],
    ['an escaped lone surrogate in a name', '{"\\udc00":1}'],
    ['a number that is not finite', '1e400'],
    ['a negative number that is not finite', '[-1e400]'],
    ['a leading zero', '01'],
    ['a leading plus', '+1'],
    ['a bare fraction', '.5'],
    ['an open fraction', '1.'],
    ['hexadecimal', '0x10'],
    ['NaN', 'NaN'],
    ['two values', '{} {}'],
    ['nothing', ' '],
    ['a trailing comma', '[1,]'],
    ['a leading comma', '[,1]'],
    ['a trailing comma in an object', '{"a":1,}'],
    ['a missing colon', '{"a" 1}'],
    ['a missing comma', '[1 2]'],
    ['a name without quotes', '{a:1}'],
    ['an unclosed array', '[1'],
    ['an unclosed object', '{"a":1'],
    ['the wrong bracket', '[1}'],
    ['an unclosed string', '"a'],
    ['an unclosed escape', '"a\\'],
    ['an escape that ends with the string', '"\\u12"'],
    ['an unknown escape', '"\\x41"'],
    ['a raw control character', '"a\nb"'],
    ['a comment', '[1/**/]'],
    ['a no-break space', '\u00a0{}'],
  ])('refuses %s', (_, text) => {
    expect(() => parseStrictJson(text)).toThrow(SyntaxError)
  })

  it('never quotes the text in its message', () => {
    for (const text of ['hunter2', '"\\hunter2"', '{"hunter2":1,"hunter2":2}', '["a" hunter2]']) {
      expect(() => parseStrictJson(text)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('hunter') }),
      )
    }
  })

  it('has members of Object.prototype only as members', () => {
    const value = parseStrictJson('{"__proto__":{"admin":true},"constructor":1}')
    expect(Object.getPrototypeOf(value)).toBeNull()
    expect(Object.keys(value ?? {})).toEqual(['__proto__', 'constructor'])
    expect('toString' in Object(value)).toBe(false)
  })

  it('freezes what it returns, all the way down', () => {
    const value = parseStrictJson('{"a":[{"b":1}]}')
    expect(value).toSatisfy(Object.isFrozen)
    expect(value).toHaveProperty('a', expect.toSatisfy(Object.isFrozen))
    expect(value).toHaveProperty('a[0]', expect.toSatisfy(Object.isFrozen))
  })

  it('goes as deep as allowed and no deeper, and counts depth, not brackets', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(parseStrictJson(nested(64))).toBeDefined()
    expect(() => parseStrictJson(nested(65))).toThrow('nesting')
    expect(() => parseStrictJson(nested(100_000))).toThrow('nesting')
    expect(parseStrictJson(nested(3), { maxDepth: 3 })).toBeDefined()
    expect(() => parseStrictJson('{"a":{"b":1}}', { maxDepth: 1 })).toThrow('nesting')
    expect(parseStrictJson('[[1],[2],[3],{"a":[]}]', { maxDepth: 3 })).toBeDefined()
  })

  it.each([
    ['members', (n: number) => `{${Array.from({ length: n }, (_, i) => `"member${i}":0`).join()}}`],
    [
      'numeric members',
      (n: number) => `{${Array.from({ length: n }, (_, i) => `"${i * 1_000_003}":0`).join()}}`,
    ],
    ['escapes', (n: number) => `"${'\\u0041'.repeat(n)}"`],
    ['digits', (n: number) => `${'1'.repeat(300)}.${'1'.repeat(n)}`],
    ['white space', (n: number) => `${' '.repeat(n)}1${' '.repeat(n)}`],
    ['an unclosed string', (n: number) => `"${'a'.repeat(n)}`],
    ['unclosed strings', (n: number) => `[${'"a\\",'.repeat(n)}`],
  ])('takes time linear in the length: %s', (_, text) => {
    const long = text(100_000)
    const startedAt = performance.now()
    try {
      parseStrictJson(long)
    } catch {}
    // Quadratic work on this much takes many seconds.
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})
