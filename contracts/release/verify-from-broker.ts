import { fileURLToPath } from 'node:url'
import { Verifier, type VerifierOptions } from '@pact-foundation/pact'
import { explain } from '../support/explain.ts'
import { keepBodies } from '../support/keep-bodies.ts'
import type { ProviderOptions } from '../support/verify-provider.ts'
import { brokerUrl } from './broker-cli.ts'
import { currentRevision } from './revision.ts'
import { startStateServer } from './state-server.ts'

/** Contracts of any branch that are new since then are tried as well, without deciding. */
const wipSince = '2026-11-01'

/** Whether this run takes its contracts from the broker: `release verify` says so. */
export function isFromBroker(): boolean {
  return process.env.PACT_SOURCE === 'broker'
}

/**
 * Holds a provider to the contracts that the broker has for it: those of the consumers' main branches, of a
 * branch of this name, and of every version that is deployed or released. What this branch has never kept is
 * pending and fails nothing; from the first time on it binds. In CI the results are published.
 *
 * @throws {Error} naming each interaction that is not kept, and how it differs
 */
export async function verifyFromBroker<State extends string>(options: ProviderOptions<State>): Promise<void> {
  await using states = await startStateServer(new Map(Object.entries(options.states)), options.restore)
  await new Verifier({
    ...brokerOptions(options),
    providerBaseUrl: options.url,
    providerStatesSetupUrl: states.url,
    requestFilter: keepBodies,
    changeOrigin: true,
    logLevel: 'warn',
  })
    .verifyProvider()
    .catch((error: unknown) => {
      // Who keeps the contract in a repository of their own has perhaps not published it yet.
      if (options.dir !== undefined && String(error).includes('No pacts found for provider')) return
      throw new Error(explain(error, options.quotes))
    })
}

type BrokerOptions = { readonly provider: string } & Pick<
  VerifierOptions,
  | 'pactBrokerUrl'
  | 'pactBrokerToken'
  | 'consumerVersionSelectors'
  | 'enablePending'
  | 'includeWipPactsSince'
  | 'providerVersion'
  | 'providerVersionBranch'
  | 'publishVerificationResult'
>

/** How a verifier finds a provider's contracts at the broker, and what it tells it. */
export function brokerOptions({
  provider,
  consumers,
}: Pick<ProviderOptions<never>, 'provider' | 'consumers'>): BrokerOptions {
  const { version, branch } = currentRevision(fileURLToPath(new URL('..', import.meta.url)))
  const { PACT_BROKER_TOKEN: token, CI } = process.env
  return {
    provider,
    pactBrokerUrl: brokerUrl() ?? '',
    ...(token && { pactBrokerToken: token }),
    consumerVersionSelectors: selectorsOf(consumers),
    enablePending: true,
    includeWipPactsSince: wipSince,
    providerVersion: version,
    providerVersionBranch: branch,
    publishVerificationResult: CI === 'true',
  }
}

function selectorsOf(
  consumers: readonly string[] | undefined,
): NonNullable<VerifierOptions['consumerVersionSelectors']> {
  const relevant = [{ mainBranch: true }, { matchingBranch: true }, { deployedOrReleased: true }]
  return consumers?.flatMap((consumer) => relevant.map((selector) => ({ consumer, ...selector }))) ?? relevant
}
