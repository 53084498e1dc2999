import { nameOf, type PactFile, type PactInteraction } from './pact-file.ts'

/**
 * Makes one pact per pair of the many that a run wrote, the same to the byte whatever the order of the tests.
 * Of the metadata only the version of the specification is kept: the rest changes with pact itself.
 *
 * @throws {Error} two interactions of a pair have the same name: pact would keep only one; or there is none
 */
export function mergePacts(files: readonly PactFile[]): PactFile[] {
  if (files.length === 0) throw new Error('the consumer tests have written nothing')
  const pairs = new Map<string, PactFile[]>()
  for (const file of files) {
    const pair = JSON.stringify([file.consumer.name, file.provider.name])
    pairs.set(pair, [...(pairs.get(pair) ?? []), file])
  }
  return [...pairs.values()].map(mergePair)
}

function mergePair(files: readonly PactFile[]): PactFile {
  const [first] = files
  if (first === undefined) throw new TypeError('a pair without a file')
  const { consumer, provider, metadata } = first
  const interactions = new Map<string, PactInteraction>()
  for (const interaction of files.flatMap((file) => file.interactions)) {
    const name = nameOf(interaction)
    if (interactions.has(name)) {
      throw new Error(`${consumer.name} and ${provider.name} have two interactions by the name "${name}"`)
    }
    interactions.set(name, interaction)
  }
  const sorted = [...interactions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, interaction]) => interaction)
  return {
    consumer,
    provider,
    interactions: sorted,
    metadata: { pactSpecification: metadata.pactSpecification },
  }
}
