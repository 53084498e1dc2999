import { expect, it } from 'vitest'
import { flatAnyText, flatText } from './flat-text.ts'

const cut = 'Ärger: https://api.example.test/audience'.slice(7)

it.each([cut, 'é'.repeat(20), '', 'x'.repeat(5_000)])(
  'text of single bytes stays what it is: %.20s',
  (text) => {
    expect(flatText(text)).toBe(text)
  },
)

it.each([cut, '日本語', '\ud800 alone', '"\\\n\u2028', ''])('any text stays what it is: %s', (text) => {
  expect(flatAnyText(text)).toBe(text)
})
