import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { PactV3, SpecificationVersion } from '@pact-foundation/pact'
import { written } from './places.ts'

type Interaction = Parameters<PactV3['addInteraction']>[0]

/** Values that a consumer gives to a state. */
export type Given = NonNullable<Parameters<PactV3['given']>[1]>

/** One request and its answer, as the consumer relies on them. */
export interface Expected<State extends string> {
  /** What must be so at the provider, in its own words, and values that belong to it. */
  readonly given?: State | readonly [State, Given]
  /** The request in words; with the state it names the interaction. */
  readonly receives: string
  /** Exact, but for what comes from the provider's state. A form is an object under its content type. */
  readonly request: Interaction['withRequest']
  /** As loose as the consumer can bear. */
  readonly response: Interaction['willRespondWith']
}

/** Both sides of a contract, and where it is written. */
export interface Pair {
  readonly consumer: string
  readonly provider: string
  /** Default: where `publish` looks. */
  readonly dir?: string
}

/**
 * Holds a consumer to an interaction, or to several that it goes through in one act: `act` gets the address of a
 * provider that knows nothing else.
 */
export type Interact<State extends string> = <T>(
  expected: Expected<State> | readonly Expected<State>[],
  act: (url: string) => Promise<T>,
) => Promise<T>

/**
 * The consumer's side of a pair.
 *
 * Every interaction is written to a folder of its own: test files that run side by side would lose each
 * other's in a common file, without an error. The class for V3 writes V4 files and, other than the one for
 * V4, compares the fields of a form.
 */
export function consumerOf<State extends string>({
  consumer,
  provider,
  dir = written,
}: Pair): Interact<State> {
  return async function interact(expected, act) {
    const pact = new PactV3({
      consumer,
      provider,
      dir: join(dir, randomUUID()),
      spec: SpecificationVersion.SPECIFICATION_VERSION_V4,
      logLevel: 'warn',
      cors: false,
    })
    for (const { given = [], receives, request, response } of [expected].flat()) {
      const [state, parameters] = typeof given === 'string' ? [given] : given
      if (state !== undefined) pact.given(state, parameters)
      pact.uponReceiving(receives).withRequest(spelt(request)).willRespondWith(spelt(response))
    }
    const outcome = await pact.executeTest(async ({ url }) => ({ value: await act(url) }))
    if (outcome === undefined) throw new Error('pact did not run the consumer')
    return outcome.value
  }
}

/** pact adds `Content-Type` where there is a body, and in any other spelling it would be there twice. */
function spelt<Message extends Pick<Interaction['withRequest'], 'headers'>>(message: Message): Message {
  if (message.headers === undefined) return message
  const fields = Object.entries(message.headers)
  const spell = (name: string) => (name.toLowerCase() === 'content-type' ? 'Content-Type' : name)
  return { ...message, headers: Object.fromEntries(fields.map(([name, value]) => [spell(name), value])) }
}
