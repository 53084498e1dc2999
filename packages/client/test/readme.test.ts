import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

test('the example of the README is the one that is compiled', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const example = await readFile(new URL('./readme-example.ts', import.meta.url), 'utf8')
  expect(/```ts\n(.*?)```/s.exec(readme)?.[1]).toBe(example)
})
