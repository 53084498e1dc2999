import { deployedPacts, noteVerified } from '../release/deployed-pacts.ts'
import { type FoundPact, readPacts } from './read-pacts.ts'

/** Which contracts are meant. */
interface Meant {
  readonly provider: string
  /** Default: all that name the provider. */
  readonly consumers?: readonly string[]
}

/**
 * The contracts of a provider. What is deployed may be older than a provider or consumer, so of that there may be none.
 *
 * @throws {Error} there is none, or none of a consumer that is meant: there would be nothing to verify
 */
export function contractsOf({ provider, consumers }: Meant, dir: string): readonly FoundPact[] {
  const named = readPacts(dir).filter(({ pact }) => pact.provider.name === provider)
  if (dir === deployedPacts()) {
    const found = named.filter(({ pact }) => consumers?.includes(pact.consumer.name) ?? true)
    noteVerified(found)
    return found
  }
  if (named.length === 0) throw new Error(`no contract names the provider ${provider}`)
  if (consumers === undefined) return named
  const without = consumers.filter((name) => !named.some(({ pact }) => pact.consumer.name === name))
  if (without.length > 0)
    throw new Error(`no contract of ${without.join(', ')} names the provider ${provider}`)
  return named.filter(({ pact }) => consumers.includes(pact.consumer.name))
}
