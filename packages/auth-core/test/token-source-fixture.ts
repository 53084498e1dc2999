import {
  type Credential,
  createTokenSource,
  type Fetch,
  type Grant,
  type Minted,
  type ObservableTokenSource,
  Secret,
  type TokenEvent,
  type TokenRequest,
  type TokenSourceOptions,
} from '../src/index.ts'
import type { ScriptedTokenEndpoint } from './scripted-token-endpoint.ts'

/** A clock that a test turns by hand. */
export class ManualClock {
  #now = Date.parse('2026-01-01T00:00:00Z')

  now(): number {
    return this.#now
  }

  advance(seconds: number): void {
    this.#now += seconds * 1000
  }
}

/** The real fetch, held to a time, as the gateway's own is held to 10 s. */
export function fetchWithin(ms: number): Fetch {
  return (url, { body, ...init }) =>
    fetch(url, { ...init, body: body ?? null, signal: AbortSignal.timeout(ms) })
}

/** A grant as `authorize` would make it. */
export function grantFor(request: Partial<TokenRequest> = {}): Grant {
  const tokenRequest = { upstream: 'billing', audience: undefined, scopes: [], resource: [], ...request }
  return { service: 'svc-a', upstream: tokenRequest.upstream, tokenRequest } as unknown as Grant
}

export function credentialOf(clientSecret: string, version = 'v1', clientId = 'client-1'): Credential {
  return { clientId, clientSecret: new Secret(clientSecret), version }
}

/** A source towards the endpoint, with the clock it lives by and everything it reported. */
export function sourceTowards(
  endpoint: ScriptedTokenEndpoint,
  options: Partial<TokenSourceOptions> = {},
): { source: ObservableTokenSource; clock: ManualClock; events: TokenEvent[] } {
  const clock = new ManualClock()
  const events: TokenEvent[] = []
  const credential = credentialOf('s3cret')
  const source = createTokenSource({
    upstream: 'billing',
    endpoint: endpoint.url,
    clientAuth: 'client_secret_basic',
    body: 'form',
    extraParameters: {},
    credential: () => credential,
    clock,
    fetch: fetchWithin(5000),
    observe: (event) => events.push(event),
    ...options,
  })
  return { source, clock, events }
}

/** What the call failed with. */
export async function faultOf(minted: Minted | Promise<Minted>): Promise<unknown> {
  try {
    await minted
  } catch (fault) {
    return fault
  }
  throw new Error('a fault was expected, and a token came')
}

/** The distinct tokens among those handed out. */
export function values(minted: readonly Minted[]): Set<string> {
  return new Set(minted.map(({ token }) => token.value.reveal()))
}

/** The results of all events of a type, in order. */
export function results(events: readonly TokenEvent[], type: TokenEvent['type']): string[] {
  return events.flatMap((event) => (event.type === type && 'result' in event ? [event.result] : []))
}
