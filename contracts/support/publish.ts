import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { mergePacts } from './merge-pacts.ts'
import type { PactFile } from './pact-file.ts'
import { pacts, written } from './places.ts'
import { readPacts } from './read-pacts.ts'

/** Pact files as text, by file name. */
type PublishedPacts = ReadonlyMap<string, string>

/** What the consumer tests in `from` have written, as it is to be committed. */
function publishable(from: string): PublishedPacts {
  const merged = mergePacts(readPacts(from).map(({ pact }) => pact))
  return new Map(merged.map((pact) => [fileNameOf(pact), `${JSON.stringify(pact, null, 2)}\n`]))
}

/** Names of the files in `folder` that are missing, changed, or should not be there. */
function differing(folder: string, wanted: PublishedPacts): string[] {
  const committed = new Map(readPacts(folder).map(({ path, text }) => [basename(path), text]))
  const names = new Set([...wanted.keys(), ...committed.keys()])
  return [...names].filter((name) => wanted.get(name) !== committed.get(name)).sort()
}

function fileNameOf({ consumer, provider }: PactFile): string {
  return `${consumer.name}-${provider.name}.json`
}

function run(isCheck: boolean): void {
  const wanted = publishable(written)
  const changed = differing(pacts, wanted)
  if (isCheck && changed.length > 0) {
    process.stderr.write(`contracts/pacts is not what the consumer tests say: ${changed.join(', ')}\n`)
    process.stderr.write('run: npm run contracts:update, and review the difference\n')
    process.exitCode = 1
    return
  }
  mkdirSync(pacts, { recursive: true })
  for (const name of changed) {
    const text = wanted.get(name)
    if (text === undefined) rmSync(join(pacts, name))
    else writeFileSync(join(pacts, name), text)
    process.stdout.write(`${text === undefined ? 'removed' : 'wrote'} contracts/pacts/${name}\n`)
  }
}

try {
  run(process.argv.includes('--check'))
} catch (error) {
  process.stderr.write(`publish: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
