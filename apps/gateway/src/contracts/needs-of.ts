import { contentOf } from './content-of.ts'
import type { Need, NeededRequest } from './need.ts'
import { type HttpInteraction, httpInteraction, type PactDocument } from './pact-document.ts'
import { wantedOutcome } from './wanted-outcome.ts'

/**
 * What a pact with the gateway asks of policy; messages ask nothing. The values of its states say who calls:
 * `service`, where the consumer is not itself one, and `claims`.
 *
 * @throws {Error} an interaction cannot be read
 */
export function needsOf({ consumer, interactions }: PactDocument): readonly Need[] {
  return interactions.flatMap((each) => {
    const interaction = httpInteraction(each)
    return interaction === undefined ? [] : [needOf(consumer.name, interaction)]
  })
}

function needOf(consumer: string, interaction: HttpInteraction): Need {
  const { providerStates = [], providerState, description } = interaction
  const states = [...providerStates, ...(providerState ? [{ name: providerState, params: {} }] : [])]
  const values = Object.assign({}, ...states.map(({ params }) => params)) as Record<string, unknown>
  const { service, claims } = values
  return {
    consumer,
    states: states.map(({ name }) => name),
    description,
    request: requestOf(interaction),
    service: typeof service === 'string' ? service : undefined,
    claims: typeof claims === 'object' && claims !== null ? { ...claims } : {},
    wants: wantedOutcome(interaction),
  }
}

function requestOf({ request }: HttpInteraction): NeededRequest {
  const { method, path, query, headers, body } = request
  const content = contentOf(body)
  return {
    method: method.toUpperCase(),
    target: `${path}${queryOf(query)}`,
    headers: Object.entries(headers ?? {}).flatMap(([name, values]) =>
      [values].flat().flatMap((value) => [name.toLowerCase(), value]),
    ),
    body: content === undefined || typeof content === 'string' ? content : JSON.stringify(content),
  }
}

function queryOf(query: HttpInteraction['request']['query']): string {
  if (query === undefined || typeof query === 'string') return query ? `?${query}` : ''
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  )
  return pairs.length > 0 ? `?${pairs.join('&')}` : ''
}
