#!/usr/bin/env node
import { Command, InvalidArgumentError } from 'commander'
import { type Sandbox, type SandboxOptions, startSandbox } from './start-sandbox.ts'

interface Flags {
  readonly issuerPort: number
  readonly inboxAuthPort: number
  readonly inboxApiPort: number
  readonly controlPort: number
  readonly gatewayAudience: string
  readonly json?: true
}

new Command('sandbox')
  .description('An internal issuer and the admin APIs outside, to try the gateway on. Loopback only.')
  .option('--issuer-port <port>', 'issuer of internal identities', parsePort, 0)
  .option('--inbox-auth-port <port>', "Inbox Manager's token endpoint", parsePort, 0)
  .option('--inbox-api-port <port>', "Inbox Manager's admin API", parsePort, 0)
  .option('--control-port <port>', 'control: revoke tokens, break the token endpoint', parsePort, 0)
  .option('--gateway-audience <uri>', 'aud of the internal identities', 'https://gateway.internal')
  .option('--json', 'print all addresses as one line of JSON')
  .addHelpText(
    'after',
    `
Without a port, or with 0, a free one is taken.
AUTH_BACKEND_ADMIN_CLIENT_ID and AUTH_BACKEND_ADMIN_CLIENT_SECRET set the client of Inbox Manager;
without them it is made up and printed.`,
  )
  .action(run)
  .parseAsync()
  .catch((error: Error) => {
    process.stderr.write(`sandbox: ${error.message}\n`)
    process.exitCode = 1
  })

async function run(flags: Flags): Promise<void> {
  const sandbox = await startSandbox(optionsOf(flags))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void sandbox.close())
  }
  const addresses = addressesOf(sandbox)
  process.stdout.write(flags.json ? `${JSON.stringify(addresses)}\n` : tableOf(addresses))
}

function optionsOf(flags: Flags): SandboxOptions {
  const { AUTH_BACKEND_ADMIN_CLIENT_ID: clientId, AUTH_BACKEND_ADMIN_CLIENT_SECRET: clientSecret } =
    process.env
  return {
    issuer: { port: flags.issuerPort, audience: flags.gatewayAudience },
    inboxManager: {
      authPort: flags.inboxAuthPort,
      apiPort: flags.inboxApiPort,
      ...(clientId && { clientId }),
      ...(clientSecret && { clientSecret }),
    },
    controlPort: flags.controlPort,
  }
}

/** What the sandbox says about itself. A secret that came from outside is not repeated. */
function addressesOf({ issuer, inboxManager, control }: Sandbox) {
  const given = process.env.AUTH_BACKEND_ADMIN_CLIENT_SECRET
  return {
    issuer: {
      issuer: issuer.issuer,
      jwksUri: issuer.jwksUri,
      tokenEndpoint: issuer.tokenEndpoint,
      audience: issuer.audience,
    },
    inboxManager: {
      tokenEndpoint: inboxManager.tokenEndpoint,
      url: inboxManager.url,
      audience: inboxManager.audience,
      applicationId: inboxManager.applicationId,
      parentAccountId: inboxManager.parentAccountId,
      clientId: inboxManager.clientId,
      ...(!given && { clientSecret: inboxManager.clientSecret }),
    },
    control: { url: control },
  }
}

function tableOf(addresses: Record<string, Record<string, string>>): string {
  const groups = Object.entries(addresses).map(([part, rows]) => {
    const lines = Object.entries(rows).map(([name, value]) => `  ${name.padEnd(16)} ${value}\n`)
    return `${part}\n${lines.join('')}`
  })
  return `${groups.join('\n')}\nCtrl-C stops it.\n`
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65535) return port
  throw new InvalidArgumentError('a port is a number from 0 to 65535')
}
