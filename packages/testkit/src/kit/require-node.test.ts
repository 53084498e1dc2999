import { expect, it } from 'vitest'
import { requireNode } from './require-node.ts'

it('says which Node is needed', () => {
  expect(() => requireNode('20.20.2')).toThrow(/needs Node 24 or newer, and this is 20\.20\.2/)
  expect(() => requireNode('24.0.0')).not.toThrow()
  expect(() => requireNode(process.versions.node)).not.toThrow()
})
