import { expect, it } from 'vitest'
import { TextMap } from './text-map.ts'

it('holds what was set last for each text', () => {
  const map = new TextMap<number>()
  for (const [value, text] of ['', 'a', 'b', 'a', '\u{1F511}'].entries()) map.set(text, value)
  expect(map.size).toBe(4)
  expect(['', 'a', 'b', '\u{1F511}', 'c'].map((text) => map.get(text))).toEqual([0, 3, 2, 4, undefined])
  expect(['', 'a', 'c'].map((text) => map.has(text))).toEqual([true, true, false])
})

it('tells texts apart that differ in what is not looked at', () => {
  const map = new TextMap<string>()
  const ends = ['0.signature', '1.signature', '2.signature', 'x0.signature']
  for (const text of ends) map.set(text, text)
  expect(ends.map((text) => map.get(text))).toEqual(ends)
  expect(map.get('3.signature')).toBeUndefined()
  map.set('1.signature', 'another')
  expect(ends.map((text) => map.get(text))).toEqual(['0.signature', 'another', '2.signature', 'x0.signature'])
  expect(map.size).toBe(4)
})

it('holds thousands that end alike', () => {
  const map = new TextMap<number>()
  const texts = Array.from({ length: 60_000 }, (_, at) => `resource-${String(at).padStart(5, '0')}-settings`)
  for (const [at, text] of texts.entries()) map.set(text, at)
  expect(texts.map((text) => map.get(text))).toEqual([...texts.keys()])
  expect(map.get('resource-xxxxx-settings')).toBeUndefined()
  map.set('resource-59999-settings', -1)
  expect(map.get('resource-59999-settings')).toBe(-1)
  expect(map.size).toBe(60_000)
})
