import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PactFile } from './pact-file.ts'

/** A pact and where it was found. */
export interface FoundPact {
  readonly path: string
  readonly text: string
  readonly pact: PactFile
}

/** Every pact in a folder and the folders within it; none when there is no such folder. */
export function readPacts(folder: string): FoundPact[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const path = join(folder, name)
      const text = readFileSync(path, 'utf8')
      return { path, text, pact: JSON.parse(text) }
    })
}
