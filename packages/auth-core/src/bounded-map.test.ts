import { expect, it } from 'vitest'
import { BoundedMap } from './bounded-map.ts'

function keysAfter(use: (map: BoundedMap<number>) => void): string[] {
  const map = new BoundedMap<number>(2)
  use(map)
  return [...map.entries()].map(([key]) => key)
}

it.each([
  ['nothing was used', (map: BoundedMap<number>) => void map, ['b', 'c']],
  ['the older one was used', (map: BoundedMap<number>) => map.get('a'), ['a', 'c']],
  ['it was used twice running', (map: BoundedMap<number>) => [map.get('a'), map.get('a')], ['a', 'c']],
  [
    'both were used in turn',
    (map: BoundedMap<number>) => [map.get('a'), map.get('b'), map.get('a')],
    ['a', 'c'],
  ],
  [
    'the one used last was set again',
    (map: BoundedMap<number>) => [map.get('a'), map.set('b', 2)],
    ['b', 'c'],
  ],
  ['the one used last was deleted and set again', usedDeletedAndSet, ['a', 'c']],
])('what was used least recently goes: %s', (_name, use, left) => {
  const keys = keysAfter((map) => {
    map.set('a', 1)
    map.set('b', 2)
    use(map)
    map.set('c', 3)
  })
  expect(keys).toEqual(left)
})

function usedDeletedAndSet(map: BoundedMap<number>): void {
  map.get('a')
  map.delete('a')
  map.set('a', 1)
}
