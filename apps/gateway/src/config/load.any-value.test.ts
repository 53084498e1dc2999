import { readFileSync } from 'node:fs'
import { presets } from '@countersign/auth-core'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { ConfigFaults } from './config-faults.ts'
import { loadConfig } from './load.ts'

/** What may stand anywhere by mistake. */
const mistakes: readonly unknown[] = [null, 1, true, '', 'x', [], [{}], {}, { shadow: { of: 1 } }]

// A running gateway reads what its operator writes: what is wrong is said, and throws nothing else.
it.each(['aurinko', 'private-key-jwt', 'release-token'])(
  'whatever stands in place of a value in examples/%s, it is a fault or it is fine',
  (example) => {
    const file = new URL(`../../../../examples/${example}/countersign.yaml`, import.meta.url).pathname
    const sound: unknown = parse(readFileSync(file, 'utf8'))
    for (const path of pathsOf(sound)) {
      for (const mistake of mistakes) {
        const text = JSON.stringify(replaced(sound, path, mistake))
        expect({ path, mistake, thrown: thrownBy(text) }).toEqual({ path, mistake, thrown: undefined })
      }
    }
  },
)

/** Anything but faults. */
function thrownBy(text: string): unknown {
  try {
    loadConfig('x.yaml', { env: {}, presets, policyOnly: true, texts: new Map([['x.yaml', text]]) })
  } catch (error) {
    if (!(error instanceof ConfigFaults)) return error
  }
  return undefined
}

function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]]
  return [[], ...Object.entries(value).flatMap(([key, part]) => pathsOf(part).map((path) => [key, ...path]))]
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by
  const copy = structuredClone(value) as Record<string, unknown>
  copy[key] = replaced(copy[key], rest, by)
  return copy
}
