import { basename } from 'node:path'
import { mergePacts } from './merge-pacts.ts'
import type { PactFile } from './pact-file.ts'
import { readPacts } from './read-pacts.ts'

/** Pact files as text, by file name. */
export type PublishedPacts = ReadonlyMap<string, string>

/** What the consumer tests in `from` have written, as it is to be committed. */
export function publishable(from: string): PublishedPacts {
  const merged = mergePacts(readPacts(from).map(({ pact }) => pact))
  return new Map(merged.map((pact) => [fileNameOf(pact), `${JSON.stringify(pact, null, 2)}\n`]))
}

/** Names of the files in `folder` that are missing, changed, or should not be there. */
export function differing(folder: string, wanted: PublishedPacts): string[] {
  const committed = new Map(readPacts(folder).map(({ path, text }) => [basename(path), text]))
  const names = new Set([...wanted.keys(), ...committed.keys()])
  return [...names].filter((name) => wanted.get(name) !== committed.get(name)).sort()
}

function fileNameOf({ consumer, provider }: PactFile): string {
  return `${consumer.name}-${provider.name}.json`
}
