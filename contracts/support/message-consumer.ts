import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Pact } from '@pact-foundation/pact'
import type { Pair } from './consumer.ts'
import { written } from './places.ts'

/** A message that somebody reads, as far as it relies on it. */
export interface ExpectedMessage<Name extends string> {
  /** Names the message: what has happened. */
  readonly receives: Name
  /** JSON, as loose as the reader can bear. */
  readonly content: object
  /** What comes beside it, as text. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** Holds a reader to a message: `act` gets its example. */
export type Read<Name extends string> = <T>(
  expected: ExpectedMessage<Name>,
  act: (content: unknown, metadata: Readonly<Record<string, unknown>>) => Promise<T>,
) => Promise<T>

/** The reader's side of a pair, each message in a folder of its own, as for requests. */
export function messageConsumerOf<Name extends string>({
  consumer,
  provider,
  dir = written,
}: Pair): Read<Name> {
  return async function read({ receives, content, metadata }, act) {
    const pact = new Pact({ consumer, provider, dir: join(dir, randomUUID()), logLevel: 'warn' })
    const outcome = await pact
      .addAsynchronousInteraction()
      .expectsToReceive(receives, (message) => {
        const built = message.withJSONContent(content)
        if (metadata) built.withMetadata(metadata)
      })
      .executeTest(async (message) => ({ value: await act(message.contents.content, message.metadata) }))
    if (outcome === undefined) throw new Error('pact did not run the reader')
    return outcome.value
  }
}
