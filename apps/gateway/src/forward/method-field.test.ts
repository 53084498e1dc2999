import { expect, it } from 'vitest'
import { methodFieldFinder } from './method-field.ts'

const form = ['application/x-www-form-urlencoded']
const parts = ['multipart/form-data; boundary=b']
const part = (disposition: string, content = 'DELETE') =>
  `--b\r\n${disposition}\r\nContent-Type: text/plain\r\n\r\n${content}\r\n--b--\r\n`

/** The same answer, in however many pieces it comes. */
function finds(types: readonly string[], body: string): boolean {
  const answers = [1, 7, 64, body.length].map((length) => {
    const find = methodFieldFinder(types)
    const pieces = Array.from({ length: Math.ceil(body.length / length) }, (_, at) =>
      body.slice(at * length, (at + 1) * length),
    )
    return pieces.some((piece) => find?.(Buffer.from(piece)) === true)
  })
  expect(new Set(answers).size).toBe(1)
  return answers[0] === true
}

it.each([
  [form, '_method=DELETE'],
  [form, 'a=b&_method=DELETE'],
  [form, 'a=b;%5fm%65thod=DELETE'],
  [form, `${'+%20['.repeat(2000)}_METHOD]=DELETE`],
  [form, `a=${'x'.repeat(200_000)}&_method[]=DELETE`],
  [[], '_method=DELETE'],
  [['application/json', ...form], '_method=DELETE'],
  [parts, part('Content-Disposition: form-data; name="_method"')],
  [parts, part('content-disposition:form-data;name=_method')],
  [parts, part('Content-Disposition: form-data;\r\n name="\\_method"')],
  [parts, part("Content-Disposition: form-data; name*=utf-8''%5Fmethod")],
  [
    parts,
    part('Content-Disposition: form-data; name="a"', 'x'.repeat(100_000)) +
      part('Content-Disposition: form-data; filename="a"; name="_method"'),
  ],
])('%j finds _method in %.40s', (types, body) => {
  expect(finds(types, body)).toBe(true)
})

it.each([
  [['application/json'], '_method=DELETE'],
  [form, 'method=DELETE&my_method=x&a=_method=x&_methods=y'],
  [form, `${'x'.repeat(100_000)}_method=1`],
  [[], '{"text":"a page with <input name=\\"_method\\">"}'],
  [
    parts,
    part('Content-Disposition: form-data; name="a"; filename="my_method.rb"', '<input name="_method">'),
  ],
  [parts, part('Content-Disposition: form-data; name="my_method"')],
])('%j leaves %.60s alone', (types, body) => {
  expect(finds(types, body)).toBe(false)
})

it('takes one pass, whatever comes', () => {
  const begun = performance.now()
  for (const body of [
    'Content-Disposition:'.repeat(20_000),
    '\ncontent-disposition:'.repeat(20_000),
    '%'.repeat(400_000),
    '&'.repeat(400_000),
    '_%&'.repeat(200_000),
  ]) {
    for (const types of [form, parts]) {
      const find = methodFieldFinder(types)
      for (let at = 0; at < body.length; at += 4096) find?.(Buffer.from(body.slice(at, at + 4096)))
    }
  }
  for (const types of [form, parts]) {
    const find = methodFieldFinder(types)
    for (const letter of `content-disposition:${'x'.repeat(500_000)}`) find?.(Buffer.from(letter))
  }
  expect(performance.now() - begun).toBeLessThan(30_000)
})
