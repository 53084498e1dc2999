import { MatchersV3 } from '@pact-foundation/pact'

type Matcher = MatchersV3.Matcher<string>

/** Matches a whole value: pact looks for a regular expression anywhere in it. */
export function wholly(pattern: RegExp, example: string): Matcher {
  return MatchersV3.regex(`^(?:${pattern.source})$`, example)
}

/** An id, of which nothing is known but that it is one segment of a path. */
export function opaque(example: string): Matcher {
  return wholly(/[\w-]+/, example)
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

/**
 * Text with values that only the provider knows, named in braces: `/user/{user}`. The consumer is held to the
 * text with `examples` in it, the provider gets it with what its state returns under the same names.
 */
export function fromState(template: string, examples: Readonly<Record<string, string>>): Matcher {
  const value = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const example = examples[name]
    if (example === undefined) throw new TypeError(`there is no example of ${name}`)
    return example
  })
  return {
    'pact:matcher:type': 'equality',
    value,
    'pact:generator:type': 'ProviderState',
    // An expression of pact's own: the name behind a dollar sign.
    ...{ expression: template.replace(/\{(\w+)\}/g, '$${$1}') },
  }
}
