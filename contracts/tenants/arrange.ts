import { configuredTokens, configuredUpstream, type UpstreamSection } from '../support/configured-upstream.ts'
import { grantFor } from '../support/grant.ts'
import type { StateHandler, StateValues } from '../support/verify-provider.ts'
import type { Read, Tenant, TenantPair } from './tenant.ts'

/** Where a system is, if not where the preset says, and further keys of its credential. */
interface Where {
  readonly url?: string | undefined
  readonly endpoint?: string | undefined
  readonly keys?: Readonly<Record<string, string>>
}

/** The configuration of a system, with the credential that `<prefix>_CLIENT_ID` and `…_SECRET` hold. */
export function sectionOf(
  preset: string,
  prefix: string,
  read: Read,
  { url, endpoint, keys }: Where,
): UpstreamSection {
  const client_id = read(`${prefix}_CLIENT_ID`) ?? ''
  const client_secret = read(`${prefix}_CLIENT_SECRET`) ?? ''
  return {
    preset,
    ...(url !== undefined && { url }),
    ...(endpoint !== undefined && { token: { endpoint } }),
    credential: { client_id, client_secret, ...keys },
  }
}

/** What a request for a token takes from its state. */
export function clientOf({ credential }: UpstreamSection): {
  readonly clientId: string
  readonly clientSecret: string
} {
  return { clientId: credential.client_id ?? '', clientSecret: credential.client_secret ?? '' }
}

/**
 * A state that hands over a token, minted as the gateway would mint it, and what else belongs to it. One token
 * does for all states that share the handler: a real endpoint may count requests.
 */
export function calling(
  section: UpstreamSection,
  values: () => StateValues,
  request: { readonly scopes?: readonly string[] } = {},
): StateHandler {
  const tokens = configuredTokens(section)
  return async () => {
    const { name, token } = configuredUpstream(section)
    const minted = await tokens.mint(grantFor({ upstream: name, audience: token.audience, ...request }))
    return { token: minted.token.value.reveal(), ...values() }
  }
}

/** A state under its own name, and under that of what is assumed in it. */
export function always<Value>(name: string, value: Value): Record<string, Value> {
  return { [name]: value, [`${name} (assumed)`]: value }
}

/** Token endpoint and API of a system, the former by the client alone. */
export function pairsOf(
  section: UpstreamSection,
  client: StateValues,
  states: TenantPair['states'],
  needs: NonNullable<TenantPair['needs']> = {},
): ReturnType<Tenant['pairs']> {
  const { url, token } = configuredUpstream(section)
  const registered = always('the client is registered', async () => client)
  return [
    { provider: `${section.preset}-token`, url: new URL(token.endpoint ?? url).origin, states: registered },
    { provider: `${section.preset}-api`, url, states, needs },
  ]
}

/** Variables for ids of things, by name: `<prefix>_<NAME>`. */
export function ids(prefix: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => [variableOf(prefix, name), `${name} made for tests, to be used up`]),
  )
}

/** Those of the ids that are given. */
export function valuesOf(prefix: string, names: readonly string[], read: Read): StateValues {
  const given = names.map((name) => [name, read(variableOf(prefix, name))] as const)
  return Object.fromEntries(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

function variableOf(prefix: string, name: string): string {
  return `${prefix}_${name.toUpperCase()}`
}
