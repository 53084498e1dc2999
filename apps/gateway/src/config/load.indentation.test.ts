import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { presets } from '@countersign/auth-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConfigFaults } from './config-faults.ts'
import { loadConfig } from './load.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** As `line:column path message | hint`. */
function faultsOf(lines: readonly string[]): string[] {
  const file = join(folder, 'countersign.yaml')
  writeFileSync(file, `${lines.join('\n')}\n`)
  try {
    loadConfig(file, { env: {}, presets })
    return []
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error
    return error.faults.map(
      ({ line, column, path, message, hint }) => `${line}:${column} ${path} ${message} | ${hint}`,
    )
  }
}

const rule = ['services:', '  a:', '    allow:', '      - upstream: x']

type Case = readonly [what: string, lines: readonly string[], fault: string]

const cases: readonly Case[] = [
  [
    'an entry too deep',
    ['gateway:', '  audience: gw', '   listen: 127.0.0.1:1'],
    '3:4  is not accepted as YAML: an entry that begins at column 4 | begin at column 3 or 1,',
  ],
  [
    'an entry not deep enough',
    ['gateway:', '  audience: gw', ' listen: 127.0.0.1:1'],
    '3:2  is not accepted as YAML: an entry that begins at column 2 | begin at column 3 or 1,',
  ],
  [
    'an entry of a list item under its hyphen',
    [...rule, '       operations: [x]'],
    '5:8  is not accepted as YAML: an entry that begins at column 8 | begin at column 9, 5, 3 or 1,',
  ],
  [
    'an entry under a value',
    [...rule, '          # a comment', '', '          operations: [x]'],
    '7:11  is not accepted as YAML: an entry that begins at column 11 | begin at column 9, 5, 3 or 1,',
  ],
  [
    'a list item beside no other',
    [...rule, '     - upstream: y'],
    '5:6  is not accepted as YAML: a list item that begins at column 6 | begin at column 7,',
  ],
  [
    'a hyphen without a space',
    ['services:', '  a:', '    allow:', '      -upstream: x', '      - upstream: y'],
    '4:7  is not accepted as YAML: a list item without a space | write a space after the hyphen',
  ],
  [
    'a colon without a space',
    ['gateway:', '  audience:https://gateway.internal', '  listen: 127.0.0.1:1'],
    '2:3  is not accepted as YAML: an entry without a space | write a space after the colon',
  ],
  [
    'no colon',
    ['gateway:', '  audience gw', '  listen: 127.0.0.1:1'],
    '2:3  is not accepted as YAML: an entry without a colon | write name: value, with a colon and a space',
  ],
  [
    'a colon and a space in a value',
    [...rule, '        when: request.body.role: "x"', '        operations: [x]'],
    '5:15  is not accepted as YAML: a second ": " in one value | put the value into quotes',
  ],
  [
    'a list that does not end',
    [...rule, '        operations: [a', '      - upstream: y'],
    '6:7  is not accepted as YAML: Flow sequence in block collection must be sufficiently indented and end with a ] | a list that begins with [ above',
  ],
  [
    'a section that is not indented',
    ['gateway:', 'audience: gw', 'listen: 127.0.0.1:1'],
    '2:1 audience stands beside gateway instead of below it | begin at column 3, like everything that belongs to gateway',
  ],
  [
    'a map that is not indented',
    ['issuers:', '  cluster:', '  kind: jwt', '  issuer: https://issuer.internal'],
    '3:3 issuers.kind stands beside issuers.cluster instead of below it | begin at column 5,',
  ],
]

it.each(cases)('names the place and what belongs there: %s', (_what, lines, fault) => {
  expect(faultsOf(lines)).toEqual([expect.stringContaining(fault)])
})

it('does not take a name without a value for one whose entries are misplaced', () => {
  expect(faultsOf(['gateway:', 'issuers:', 'services:'])).not.toContainEqual(
    expect.stringContaining('stands beside'),
  )
})
