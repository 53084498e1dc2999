/** What the kit reads of a pact file. The rest of an interaction is pact's own. */
export interface PactFile {
  readonly consumer: { readonly name: string }
  readonly provider: { readonly name: string }
  readonly interactions: readonly PactInteraction[]
  readonly metadata: { readonly pactSpecification: { readonly version: string } }
}

/** One interaction of a pact file. */
export interface PactInteraction {
  readonly description: string
  readonly providerStates?: readonly { readonly name: string }[]
  readonly [member: string]: unknown
}

/** The states of an interaction; without any, pact itself asks for the state named by nothing. */
export function statesOf({ providerStates = [] }: PactInteraction): string[] {
  return providerStates.length === 0 ? [''] : providerStates.map(({ name }) => name)
}

/** An interaction by the words that make it one: its states and its description. */
export function nameOf(interaction: PactInteraction): string {
  return [...statesOf(interaction), interaction.description].filter((part) => part !== '').join(' / ')
}
