import { statSync } from 'node:fs'
import type { Command } from 'commander'
import type { JudgeOptions } from '../contracts/judge-needs.ts'
import { type FoundNeeds, readNeeds } from '../contracts/read-needs.ts'
import { fail } from './fail.ts'
import { parseTime } from './parse-time.ts'

/** What is said of the pacts, to every command that reads some. */
export interface PactOptions {
  readonly pacts: string
  readonly provider: readonly string[]
  readonly consumer: readonly string[]
  readonly ignore: readonly string[]
  readonly now: string
}

/** How a consumer becomes a service: for `--help`. */
export const whoIsWho = `
A consumer is the service of the same name. Where it is not: --consumer NAME=SERVICE; or the interaction says so, by
the value \`service\` of one of its states. The value \`claims\` is what the caller's token holds beyond issuer and
subject. A consumer that is no service at all, a library say, is left out with --ignore.

An interaction that expects one of the gateway's own refusals (policy.refused, route.unknown, …) has to be refused;
one that ends before policy is asked (identity.expired) is not for policy to say. Everything else has to be allowed.
A token request (POST /oauth2/token) needs a rule that releases the token. Messages, and pacts with other providers,
are skipped.`

/** The same moment every day, as in policy tests: a condition on \`now\` shall not decide by night otherwise. */
const defaultNow = '2026-01-05T12:00:00Z'

/** Adds the options of {@link PactOptions}. */
export function withPactOptions(command: Command): Command {
  return command
    .requiredOption('--pacts <dir>', 'the pacts: every *.json in it and below')
    .option('--provider <name>', 'what the pacts call the gateway; may be repeated', collect, [])
    .option('--consumer <name=service>', 'which service a consumer is; may be repeated', collect, [])
    .option('--ignore <consumer>', 'a consumer that is no service; may be repeated', collect, [])
    .option('--now <time>', 'when the calls are made, for conditions that look', defaultNow)
}

/** Reads the pacts and the rest. Ends with 2 for what is written wrongly; @returns `undefined` where none can be read. */
export function readPactOptions(
  options: PactOptions,
  command: Command,
): (FoundNeeds & JudgeOptions) | undefined {
  const { pacts, provider, consumer, ignore } = options
  const now = parseTime(options.now)
  if (Number.isNaN(now)) command.error('--now is written as 2026-01-05T12:00:00Z')
  if (!statSync(pacts, { throwIfNoEntry: false })?.isDirectory()) command.error(`there is no folder ${pacts}`)
  const serviceOf = new Map(consumer.map((pair) => splitPair(pair, command)))
  const providers = new Set(provider.length > 0 ? provider : ['countersign-gateway'])
  try {
    const found = readNeeds(pacts, { providers, ignored: new Set(ignore) })
    if (found.needs.length > 0) return { ...found, serviceOf, now }
    const names = [...new Set(found.skipped.map((skipped) => skipped.provider))].sort()
    const partners = names.join(', ') || 'nobody'
    const why = `no pact in ${pacts} needs anything of ${[...providers].join(' or ')}; it has pacts with: ${partners}`
    return fail(why, { why }, command)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return fail(why, { why }, command)
  }
}

function splitPair(pair: string, command: Command): [string, string] {
  const [consumer, service, ...rest] = pair.split('=')
  if (!consumer || !service || rest.length > 0) command.error('--consumer is written as NAME=SERVICE')
  return [consumer, service]
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value]
}
