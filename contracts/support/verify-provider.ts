import { Verifier, type VerifierOptions } from '@pact-foundation/pact'
import { deployedPacts } from '../release/deployed-pacts.ts'
import { isFromBroker, verifyFromBroker } from '../release/verify-from-broker.ts'
import { contractsOf } from './contracts-of.ts'
import { explain } from './explain.ts'
import { keepBodies } from './keep-bodies.ts'
import { statesOf } from './pact-file.ts'
import { pacts } from './places.ts'
import type { FoundPact } from './read-pacts.ts'

/** Values that a state hands to pact, to be put where the contract asks for them. */
export type StateValues = Record<string, string>

/** Makes a state so. Gets the values that the consumer named; throws when it cannot. */
export type StateHandler = (parameters: Record<string, unknown>) => Promise<StateValues | undefined>

/** A provider, running, and everything it can be asked to be. */
export interface ProviderOptions<State extends string> {
  readonly provider: string
  /** Consumers whose contracts are meant. Default: all that name the provider. */
  readonly consumers?: readonly string[]
  /** Origin of the running provider. */
  readonly url: string
  readonly states: Readonly<Record<State, StateHandler>>
  /** Undoes after an interaction what its state has done, where that would outlast it. */
  readonly restore?: () => void
  /** Where the contracts are that another repository keeps. Default: the committed ones, in `pacts`. */
  readonly dir?: string
  /** Whether a difference is shown with the value that was answered; it may be a secret. Default true. */
  readonly quotes?: boolean
}

/**
 * Holds a provider to every contract that names it.
 *
 * pact takes a state that nobody handles for a warning, and a handler that throws for a success. Here both
 * fail, and so does a handler that no contract asks for any more.
 *
 * @throws {Error} naming each interaction that is not kept, and how it differs
 */
export async function verifyProvider<State extends string>(options: ProviderOptions<State>): Promise<void> {
  if (isFromBroker()) return await verifyFromBroker(options)
  const deployed = deployedPacts()
  const { provider, url, restore, dir = deployed ?? pacts } = options
  const handlers = new Map<string, StateHandler>(Object.entries(options.states))
  const contracts = contractsOf(options, dir)
  if (contracts.length === 0) return
  assertStates(contracts, handlers, dir === deployed)
  const thrown: string[] = []
  function guarded(state: string, handle: StateHandler) {
    return async (parameters: unknown): Promise<StateValues | undefined> => {
      try {
        return await handle(isRecord(parameters) ? parameters : {})
      } catch (error) {
        thrown.push(`the state "${state}" threw: ${error instanceof Error ? error.message : error}`)
        return undefined
      }
    }
  }
  const verifierOptions: VerifierOptions = {
    provider,
    providerBaseUrl: url,
    pactUrls: contracts.map(({ path }) => path),
    stateHandlers: {
      '': async () => undefined,
      ...Object.fromEntries([...handlers].map(([state, handle]) => [state, guarded(state, handle)])),
    },
    ...(restore && { afterEach: async () => restore() }),
    requestFilter: keepBodies,
    // A tenant is told by its `Host`.
    changeOrigin: true,
    logLevel: 'warn',
  }
  const failure = await new Verifier(verifierOptions).verifyProvider().then(
    () => undefined,
    (error: unknown) => explain(error, options.quotes),
  )
  const problems = [...thrown, ...(failure === undefined ? [] : [failure])]
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

function assertStates(
  contracts: readonly FoundPact[],
  handlers: ReadonlyMap<string, unknown>,
  isOlder: boolean,
): void {
  const asked = new Set(contracts.flatMap(({ pact }) => pact.interactions.flatMap(statesOf)))
  asked.delete('')
  const missing = [...asked].filter((state) => !handlers.has(state))
  const unused = [...handlers.keys()].filter((state) => !isOlder && !asked.has(state))
  const problems = [
    ...missing.map((state) => `no handler makes the state "${state}" so`),
    ...unused.map((state) => `no contract asks for the state "${state}"`),
  ]
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
