import { MatchersV3 } from '@pact-foundation/pact'

type Matcher = MatchersV3.Matcher<string>

/** Matches a whole value: pact looks for a regular expression anywhere in it. */
export function wholly(pattern: RegExp, example: string): Matcher {
  return MatchersV3.regex(`^(?:${pattern.source})$`, example)
}

/**
 * `Authorization: Bearer` with a token that only the provider can make: the consumer is held to `example`,
 * the provider gets the value `name` of what its state returns.
 *
 * @param example letters, digits and dashes
 */
export function bearerFromState(name: string, example: string): Matcher {
  const generator = { 'pact:generator:type': 'ProviderState', expression: `Bearer \${${name}}` }
  return { ...wholly(new RegExp(`Bearer ${example}`), `Bearer ${example}`), ...generator }
}
