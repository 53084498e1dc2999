import { expect, it } from 'vitest'
import { queryNames } from './query-names.ts'

it.each([
  '_method=DELETE',
  '+_method=DELETE',
  '%20_method=DELETE',
  '[_method]=DELETE',
  '_method%00=DELETE',
  '_method[]=DELETE',
  '_method.x=DELETE',
  '_Method=DELETE',
  'a=b;_method=DELETE',
  '%5Fmethod=DELETE',
])('?%s names _method', (query) => {
  expect(queryNames(`/x?${query}`).has('_method')).toBe(true)
})

it('a parameter that only resembles it is left alone', () => {
  expect(queryNames('/x?method=a&my_method=b').has('_method')).toBe(false)
})
