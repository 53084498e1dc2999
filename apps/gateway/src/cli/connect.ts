import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { Command } from 'commander'

/** `countersign connect UPSTREAM` */
export function connectCommand(): Command {
  return new Command('connect')
    .description('Walk an administrator through the one-time consent that an upstream wants.')
    .argument('<upstream>', 'name of the upstream in the configuration')
    .option('--admin <url>', 'address of the admin listener', 'http://127.0.0.1:9090')
    .option('--token-file <path>', 'file with the operator’s token; without it COUNTERSIGN_OPERATOR_TOKEN')
    .option('--json', 'one JSON object a line instead of text', false)
    .addHelpText(
      'after',
      `
Prints a link for the administrator's browser and waits until the consent has been given or has failed. The link
is good for one browser, one time and ten minutes. The gateway has to run, and the token has to be that of one of
its operators (gateway.operators), with the gateway's audience.

Exit codes: 0 connected, 1 it failed, 2 wrong usage.

Example:
  $ countersign connect aurinko --token-file /run/secrets/operator-token`,
    )
    .action(connect)
}

interface ConnectOptions {
  readonly admin: string
  readonly tokenFile?: string
  readonly json: boolean
}

/** What the admin listener says of a consent. */
interface Progress {
  readonly consent: string
  readonly state: 'waiting' | 'asked' | 'done' | 'failed'
  readonly says: string
  readonly start?: string
}

async function connect(upstream: string, options: ConnectOptions, command: Command): Promise<void> {
  const { json } = options
  if (!URL.canParse(options.admin)) command.error('--admin is not a URL')
  const address = new URL(`/connect/${encodeURIComponent(upstream)}`, options.admin)
  const token = () => operatorToken(options, command)
  const begun = await ask(address, token())
  if (typeof begun === 'string') return fail(begun, json)
  process.stdout.write(
    json
      ? `${JSON.stringify(begun)}\n`
      : `Open this link in the browser of an administrator of ${upstream}:\n\n  ${begun.start}\n\nWaiting for the consent …\n`,
  )

  address.searchParams.set('consent', begun.consent)
  for (;;) {
    await wait(1000)
    const progress = await ask(address, token())
    if (typeof progress === 'string') return fail(progress, json)
    if (progress.state !== 'done' && progress.state !== 'failed') continue
    if (json) process.stdout.write(`${JSON.stringify(progress)}\n`)
    else if (progress.state === 'done') process.stdout.write(`${progress.says}\n`)
    return end(progress.state === 'failed' && !json ? progress.says : '', progress.state === 'done' ? 0 : 1)
  }
}

/** In the form of what the gateway says of a consent, since nobody heard how that ended. */
function fail(complaint: string, json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify({ state: 'failed', says: complaint })}\n`)
  end(json ? '' : complaint, 1)
}

function end(complaint: string, code: number): void {
  if (complaint !== '') process.stderr.write(`countersign connect: ${complaint}\n`)
  process.exitCode = code
}

function operatorToken({ tokenFile }: ConnectOptions, command: Command): string {
  try {
    const found =
      tokenFile === undefined
        ? process.env.COUNTERSIGN_OPERATOR_TOKEN
        : readFileSync(tokenFile, 'utf8').trim()
    if (found) return found
  } catch {
    command.error(`the file ${tokenFile} cannot be read`)
  }
  return command.error('an operator’s token is needed: --token-file, or COUNTERSIGN_OPERATOR_TOKEN')
}

/** What the gateway answers, or in words why it does not. */
async function ask(address: URL, token: string): Promise<Progress | string> {
  try {
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(address, {
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    })
    const body = (await response.json()) as Progress & { readonly detail?: string }
    return response.status === 200 || response.status === 303
      ? body
      : (body.detail ?? `answered ${response.status}`)
  } catch {
    return `the admin listener at ${address.origin} does not answer as one`
  }
}
