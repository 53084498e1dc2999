import { createGates, type RequestCounts } from '../gates.ts'
import { listen } from '../listener.ts'
import type { TokenEndpointFailure } from '../token-endpoint-failure.ts'
import { createAurinkoApi } from './aurinko-api.ts'
import { type AurinkoOptions, aurinkoSettings, type ProviderMood } from './aurinko-options.ts'
import { type AurinkoSeed, aurinkoSeed, resetTables } from './seed.ts'
import { createStateControl, type StateControl } from './state-control.ts'
import { createTables } from './tables.ts'

/** A running Aurinko with the provider behind it, and strings to pull for tests and demos. */
export interface Aurinko extends AurinkoSeed, StateControl, AsyncDisposable {
  /** Origin of the API. */
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  readonly signingSecret: string
  /** Exchanges of a code, and API requests, since the start or the last `reset`; the consent is not counted. */
  readonly requestCounts: RequestCounts
  /** Lets a consent return to this address, which is compared to the byte. */
  registerReturnUrl(url: string): void
  /** What the administrator at the provider does from now on. */
  setProvider(mood: ProviderMood): void
  /** The state of the first day; failures and limits lifted; counts at 0. Return addresses stay registered. */
  reset(): void
  /** Every token of a service account is dead from now on: nothing but a new consent helps. */
  revokeTokens(): void
  /** Breaks the exchange of codes in this way until told otherwise; `undefined` repairs it. */
  failTokenEndpoint(failure: TokenEndpointFailure | undefined): void
  /** Admits this many API requests more, then answers 429; `undefined` lifts the limit. */
  limitRequests(remaining: number | undefined): void
  close(): Promise<void>
}

/** Starts it on the loopback interface. */
export async function startAurinko(options: AurinkoOptions = {}): Promise<Aurinko> {
  const settings = aurinkoSettings(options)
  const { clock, clientId, clientSecret, signingSecret } = settings
  const tables = createTables(settings.returnUrls)
  resetTables(tables, clock.now())
  const gates = createGates()
  let provider = settings.provider
  const api = await listen(settings.port, (origin) =>
    createAurinkoApi({ tables, settings, origin, gates, mood: () => provider }),
  )
  const control = createStateControl(tables, settings)
  return {
    ...aurinkoSeed,
    ...{ url: api.origin, clientId, clientSecret, signingSecret },
    ...control,
    requestCounts: gates.counts,
    registerReturnUrl: (url) => void tables.returnUrls.add(url),
    setProvider(mood) {
      provider = mood
    },
    reset() {
      resetTables(tables, clock.now())
      gates.reset()
      provider = settings.provider
    },
    revokeTokens: () => control.setTokenStatus('dead'),
    failTokenEndpoint: gates.failToken,
    limitRequests: gates.limitApi,
    close: api.close,
    [Symbol.asyncDispose]: api.close,
  }
}
