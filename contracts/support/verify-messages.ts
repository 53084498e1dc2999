import { MessageProviderPact } from '@pact-foundation/pact'
import { deployedPacts } from '../release/deployed-pacts.ts'
import { brokerOptions, isFromBroker } from '../release/verify-from-broker.ts'
import { contractsOf } from './contracts-of.ts'
import { explain } from './explain.ts'
import { pacts } from './places.ts'

/** A message as its provider really wrote it. */
export interface ActualMessage {
  readonly content: object
  readonly metadata?: Readonly<Record<string, string>>
}

/** A provider of messages, and everything that it can be asked to write. */
export interface MessageProviderOptions<Name extends string> {
  readonly provider: string
  readonly consumers: readonly string[]
  /** Makes each message happen, by its name in the contracts. */
  readonly messages: Readonly<Record<Name, () => Promise<ActualMessage>>>
  /** Default: the committed contracts. */
  readonly dir?: string
}

/**
 * Holds a provider to every contract about its messages.
 *
 * pact compares a message that nobody makes with nothing, and one that cannot be made with the error. Here both
 * fail by their name, and so does a message that no contract asks for.
 *
 * @throws {Error} naming each message that is not kept, and how it differs
 */
export async function verifyMessages<Name extends string>(
  options: MessageProviderOptions<Name>,
): Promise<void> {
  const deployed = deployedPacts()
  const { provider, dir = deployed ?? pacts, messages } = options
  const contracts = isFromBroker() ? [] : contractsOf(options, dir)
  if (contracts.length === 0 && !isFromBroker()) return
  const handlers = Object.entries<() => Promise<ActualMessage>>(messages)
  assertMessages(
    new Set(contracts.flatMap(({ pact }) => pact.interactions.map(({ description }) => description))),
    new Set(Object.keys(messages)),
    dir === deployed || isFromBroker(),
  )
  const thrown: string[] = []
  function guarded(name: string, make: () => Promise<ActualMessage>) {
    return async (): Promise<unknown> => {
      try {
        const { content, metadata } = await make()
        return metadata ? { __pactMessageMetadata: metadata, message: content } : content
      } catch (error) {
        thrown.push(`the message "${name}" threw: ${error instanceof Error ? error.message : error}`)
        return {}
      }
    }
  }
  const failure = await new MessageProviderPact({
    ...(isFromBroker() ? brokerOptions(options) : { provider, pactUrls: contracts.map(({ path }) => path) }),
    messageProviders: Object.fromEntries(handlers.map(([name, make]) => [name, guarded(name, make)])),
    logLevel: 'warn',
  })
    .verify()
    .then(
      () => [],
      (error: unknown) => [explain(error)],
    )
  if (thrown.length + failure.length > 0) throw new Error([...thrown, ...failure].join('\n'))
}

function assertMessages(asked: ReadonlySet<string>, made: ReadonlySet<string>, isOlder: boolean): void {
  const problems = [
    ...[...asked].filter((name) => !made.has(name)).map((name) => `nobody makes the message "${name}"`),
    ...[...made]
      .filter((name) => !isOlder && !asked.has(name))
      .map((name) => `no contract asks for the message "${name}"`),
  ]
  if (problems.length > 0) throw new Error(problems.join('\n'))
}
