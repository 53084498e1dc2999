import { compilePolicy } from '@countersign/auth-core'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { editPolicyFile } from './edit-policy-file.ts'

interface Written {
  readonly services: Readonly<Record<string, { allow: { operations: string[]; scopes?: string[] }[] }>>
}

/** Edits a file such that only these operations stay, whoever may call them. */
function keepOnly(text: string, keep: readonly string[]): string {
  const { services } = parse(text) as Written
  const operations = ['a.x', 'a.y', 'a.z', 'b.x'].map((name) => ({
    ...{ name, method: 'GET', template: `/${name}`, scopes: [`s.${name}`] },
    ...{ replay: 'never' as const, destructive: false },
  }))
  const { policy } = compilePolicy({
    upstreams: [{ name: 'crm', audience: undefined, emptyScope: 'allow', operations }],
    services: Object.entries(services).map(([name, { allow }]) => ({
      ...{ name, identities: [] },
      allow: allow.map((rule) => ({ ...rule, upstream: 'crm', position: '' })),
    })),
  })
  const smaller = [...policy.services.values()].flatMap((service) =>
    service.rules.map((rule, index) => ({
      ...{ service: service.name, index, rule },
      keep: new Set([...rule.operations].map(({ name }) => name).filter((name) => keep.includes(name))),
      scopes: services[service.name]?.allow[index]?.scopes?.filter((scope) => keep.includes(scope.slice(2))),
    })),
  )
  const { text: edited, left } = editPolicyFile(text, smaller)
  expect(left).toEqual([])
  return edited
}

it.each([
  [
    'lists in brackets, over several lines, with scopes',
    'services:\n  one: { allow: [{ operations: [a.x, b.x] }, { operations: [b.x] }, { operations: [a.z,\n    a.x] }] }\n',
    ['a.x'],
    'services:\n  one: { allow: [{ operations: [a.x] }, { operations: [a.x] }] }\n',
  ],
  [
    'everything, at the end of a file without a line break',
    'services:\n  one:\n    allow: # nothing else\n      - operations: [a.x]',
    [],
    'services:\n  one:\n    allow: [] # nothing else\n',
  ],
  [
    'everything in brackets',
    'services:\n  one:\n    allow: [{ operations: [a.x] }] # c\n',
    [],
    'services:\n  one:\n    allow: [] # c\n',
  ],
  [
    'a group in a list of its own lines, with comments and Windows line breaks',
    'services:\r\n  one:\r\n    allow:\r\n      - operations:\r\n          # all of a\r\n          - a.* # here\r\n          # b\r\n          - b.x\r\n\r\n  two: { allow: [] }\r\n',
    ['a.x', 'a.y'],
    'services:\r\n  one:\r\n    allow:\r\n      - operations:\r\n          # all of a\r\n          - a.x\r\n          - a.y # here\r\n\r\n  two: { allow: [] }\r\n',
  ],
  [
    'scopes that nothing needs any more, and a rule between others',
    'services:\n  one:\n    allow:\n      - operations: [a.*]\n        scopes: [s.a.x, s.a.y]\n\n      # odd\n      - operations: ["b.x"]\n      # even\n      - operations: ["a.x"]\n',
    ['a.x'],
    'services:\n  one:\n    allow:\n      - operations: [a.x]\n        scopes: [s.a.x]\n\n      # even\n      - operations: ["a.x"]\n',
  ],
  [
    'a list whose items are as far left as its key',
    'services:\n  one:\n    allow:\n    - operations:\n      - a.x\n      - b.x\n    - operations: [b.x]\n# the end\n',
    ['a.x'],
    'services:\n  one:\n    allow:\n    - operations:\n      - a.x\n# the end\n',
  ],
])('%s: only that is changed', (_what, text, keep, expected) => {
  expect(keepOnly(text, keep)).toBe(expected)
})
