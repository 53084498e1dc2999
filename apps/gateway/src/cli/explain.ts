import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { createHypotheticals, type Hypothetical } from '../authorize/hypothetical.ts'
import type { HypotheticalCaller } from '../authorize/hypothetical-caller.ts'
import { whatWasMeant } from '../authorize/what-was-meant.ts'
import { suggest } from '../config/suggest.ts'
import { loadPolicy } from './load-policy.ts'
import { parseTime } from './parse-time.ts'
import { jsonAnswer, renderAnswer } from './render-answer.ts'

/** `countersign explain PATH METHOD TARGET`: one hypothetical request, the verdict and why. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('Say what would become of a request, which rule decides, and why.')
    .argument('<path>', 'configuration: a YAML file, or a folder of them; its secrets are not needed')
    .argument('<method>', 'as in GET')
    .argument('<target>', 'path and query as sent to the gateway: /inbox-manager/api/accounts')
    .option('--service <name>', 'who calls, by the name in the configuration')
    .option('--issuer <name>', 'who calls, by the issuer’s name, with --subject, in place of --service')
    .option('--subject <subject>', 'the `sub` of the caller’s token')
    .option('--claims <json>', 'claims of the caller’s token, as in \'{"tenant":"acme"}\'', '{}')
    .option('--header <name:value>', 'a header field, host included; may be repeated', collect, [])
    .option('--body <json>', 'the request’s body; @FILE reads it from a file')
    .option('--now <time>', 'when the request is made, as in 2026-01-05T12:00:00Z; default: now')
    .option('--json', 'one JSON document instead of text', false)
    .addHelpText(
      'after',
      `
Exit codes: 0 the request would go through, 1 it would not, 2 wrong usage.

A token exchange (release: token) is asked by its form: audience or resource, and scope.

Examples:
  $ countersign explain ./config --service reports POST /oauth2/token --body 'audience=crm&scope=read:accounts'
  $ countersign explain ./config --service billing POST /inbox-manager/api/accounts/42/members --body '{"role":"owner"}'`,
    )
    .action(run)
}

interface Options {
  readonly service?: string
  readonly issuer?: string
  readonly subject?: string
  readonly claims: string
  readonly header: readonly string[]
  readonly body?: string
  readonly now?: string
  readonly json: boolean
}

function run(...[path, method, target, options, command]: [string, string, string, Options, Command]): void {
  const request = { ...readOptions(options, command), method: method.toUpperCase(), target }
  const config = loadPolicy(path, command)
  if (!config) return
  const { service, issuer } = options
  if (issuer !== undefined && !config.issuers.has(issuer)) {
    command.error(`there is no issuer "${issuer}"; ${suggest(issuer, config.issuers.keys())}`)
  }
  if (service !== undefined && !config.services.has(service)) {
    command.error(`there is no service "${service}"; ${suggest(service, config.services.keys())}`)
  }
  const answer = createHypotheticals(config)(request)
  const hint = whatWasMeant(request, answer, config)
  process.stdout.write(
    options.json ? `${JSON.stringify(jsonAnswer(answer, hint), null, 2)}\n` : renderAnswer(answer, hint),
  )
  const passes = 'explanation' in answer && answer.explanation.verdict !== 'deny'
  process.exitCode = passes ? 0 : 1
}

function readOptions(options: Options, command: Command): Omit<Hypothetical, 'method' | 'target'> {
  const { body } = options
  const now = options.now === undefined ? Date.now() : parseTime(options.now)
  if (Number.isNaN(now)) command.error('--now is written as 2026-01-05T12:00:00Z')
  return {
    caller: callerOf(options, command),
    headers: options.header.flatMap((field) => splitField(field, command)),
    body: body?.startsWith('@') ? readBody(body.slice(1), command) : body,
    now,
  }
}

function callerOf({ service, issuer, subject, claims }: Options, command: Command): HypotheticalCaller {
  const parsed = parseClaims(claims, command)
  if (service !== undefined && issuer === undefined && subject === undefined)
    return { service, claims: parsed }
  if (service === undefined && issuer !== undefined && subject !== undefined) {
    return { issuer, subject, claims: parsed }
  }
  return command.error('say who calls: --service NAME, or --issuer NAME and --subject SUBJECT')
}

function parseClaims(text: string, command: Command): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(text)
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return { ...claims }
  } catch {
    // Said below, for whatever is not an object.
  }
  return command.error('--claims is a JSON object: \'{"tenant":"acme"}\'')
}

function splitField(field: string, command: Command): [string, string] {
  const colon = field.indexOf(':')
  if (colon < 1) command.error('--header is written as NAME:VALUE')
  return [field.slice(0, colon), field.slice(colon + 1).trim()]
}

function readBody(file: string, command: Command): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    return command.error(`the body cannot be read: ${error instanceof Error ? error.message : file}`)
  }
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value]
}
