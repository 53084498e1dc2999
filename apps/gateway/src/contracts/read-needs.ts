import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { decodeText } from '../config/decode-text.ts'
import type { Need } from './need.ts'
import { needsOf } from './needs-of.ts'
import { type PactDocument, parsePact } from './pact-document.ts'

/** What a folder of pacts asks of a gateway. */
export interface FoundNeeds {
  readonly needs: readonly Need[]
  readonly skipped: readonly SkippedPact[]
}

/** A pact, or a part of one, that policy has nothing to say about. */
export interface SkippedPact {
  readonly consumer: string
  readonly provider: string
  readonly interactions: number
  readonly why: string
}

/** Which pacts are meant. */
export interface PactSelection {
  /** Names that the gateway has as a provider. */
  readonly providers: ReadonlySet<string>
  /** Consumers that are no services: a library that is tested for itself, say. */
  readonly ignored: ReadonlySet<string>
}

/**
 * Reads every `*.json` of a folder and the folders in it.
 *
 * @throws {Error} naming the file, for one that cannot be read or is no pact
 */
export function readNeeds(folder: string, selection: PactSelection): FoundNeeds {
  const needs: Need[] = []
  const skipped: SkippedPact[] = []
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  // By the file that links lead to: a mounted volume has several to each, and a loop of them has many.
  const seen = new Set<string>()
  for (const name of names.filter((each) => each.endsWith('.json')).sort()) {
    const path = join(folder, name)
    const file = explained(path, () => realpathSync(path))
    if (seen.has(file)) continue
    seen.add(file)
    const read = explained(path, () => readPact(parsePact(decodeText(readFileSync(file))), selection))
    needs.push(...read.needs)
    skipped.push(...read.skipped)
  }
  return { needs, skipped }
}

function readPact(pact: PactDocument, { providers, ignored }: PactSelection): FoundNeeds {
  const { consumer, provider, interactions, messages } = pact
  const pair = { consumer: consumer.name, provider: provider.name }
  const all = interactions.length + messages.length
  const skip = (count: number, why: string): SkippedPact => ({ ...pair, interactions: count, why })
  if (!providers.has(provider.name)) return { needs: [], skipped: [skip(all, 'another provider')] }
  if (ignored.has(consumer.name)) return { needs: [], skipped: [skip(all, 'ignored, as asked')] }
  const needs = needsOf(pact)
  const rest = all - needs.length
  return { needs, skipped: rest > 0 ? [skip(rest, 'messages, which no rule is asked about')] : [] }
}

function explained<Result>(path: string, read: () => Result): Result {
  try {
    return read()
  } catch (cause) {
    throw new Error(`${path} is no pact: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}
