#!/usr/bin/env node
import { Command, InvalidArgumentError } from 'commander'
import { type Sandbox, type SandboxOptions, startSandbox } from './start-sandbox.ts'

interface Flags {
  readonly issuerPort: number
  readonly inboxAuthPort: number
  readonly inboxApiPort: number
  readonly faablePort: number
  readonly authactionPort: number
  readonly loginradiusHubPort: number
  readonly loginradiusApiPort: number
  readonly aurinkoPort: number
  readonly controlPort: number
  readonly gatewayAudience: string
  readonly identityLifetime: number
  readonly json?: true
}

/** The variables that set an upstream's client begin with this. */
const prefixes = {
  inboxManager: 'AUTH_BACKEND_ADMIN',
  faable: 'FAABLEAUTH',
  authAction: 'AUTHACTION',
  loginRadius: 'LOGINRADIUS',
  aurinko: 'AURINKO',
} as const

/** What the environment may set, by the end of the variable's name. */
const settable = {
  clientId: 'CLIENT_ID',
  clientSecret: 'CLIENT_SECRET',
  apiKey: 'API_KEY',
  apiSecret: 'API_SECRET',
  signingSecret: 'SIGNING_SECRET',
} as const

new Command('sandbox')
  .description('An internal issuer and the admin APIs outside, to try the gateway on. Loopback only.')
  .option('--issuer-port <port>', 'issuer of internal identities', parsePort, 0)
  .option('--inbox-auth-port <port>', "Inbox Manager's token endpoint", parsePort, 0)
  .option('--inbox-api-port <port>', "Inbox Manager's admin API", parsePort, 0)
  .option('--faable-port <port>', 'Faable Auth: tokens and management API', parsePort, 0)
  .option('--authaction-port <port>', 'AuthAction: tokens and management API', parsePort, 0)
  .option('--loginradius-hub-port <port>', "LoginRadius's token endpoint", parsePort, 0)
  .option('--loginradius-api-port <port>', "LoginRadius's API", parsePort, 0)
  .option('--aurinko-port <port>', 'Aurinko: consent, tokens and API', parsePort, 0)
  .option('--control-port <port>', 'control: revoke tokens, break the token endpoint', parsePort, 0)
  .option('--gateway-audience <uri>', 'aud of the internal identities', 'https://gateway.internal')
  .option('--identity-lifetime <seconds>', 'life of the internal identities', parseSeconds, 600)
  .option('--json', 'print all addresses as one line of JSON')
  .addHelpText(
    'after',
    `
Without a port, or with 0, a free one is taken.
AUTH_BACKEND_ADMIN_CLIENT_ID and AUTH_BACKEND_ADMIN_CLIENT_SECRET set the client of Inbox Manager,
FAABLEAUTH_, AUTHACTION_, LOGINRADIUS_ and AURINKO_CLIENT_ID and _CLIENT_SECRET those of the others,
LOGINRADIUS_API_KEY and LOGINRADIUS_API_SECRET the tenant's own, AURINKO_SIGNING_SECRET the key of its
notifications; without them they are made up and printed. AURINKO_RETURN_URL is where a consent may return to.`,
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

function clientFrom(prefix: string): { readonly [name in keyof typeof settable]?: string } {
  const given = Object.entries(settable).map(([name, end]) => [name, process.env[`${prefix}_${end}`]])
  return Object.fromEntries(given.filter(([, value]) => value))
}

function optionsOf(flags: Flags): SandboxOptions {
  const { AURINKO_RETURN_URL: returnUrl } = process.env
  return {
    issuer: {
      port: flags.issuerPort,
      audience: flags.gatewayAudience,
      lifetimeSeconds: flags.identityLifetime,
    },
    inboxManager: {
      authPort: flags.inboxAuthPort,
      apiPort: flags.inboxApiPort,
      ...clientFrom(prefixes.inboxManager),
    },
    faable: { port: flags.faablePort, ...clientFrom(prefixes.faable) },
    authAction: { port: flags.authactionPort, ...clientFrom(prefixes.authAction) },
    loginRadius: {
      hubPort: flags.loginradiusHubPort,
      apiPort: flags.loginradiusApiPort,
      ...clientFrom(prefixes.loginRadius),
    },
    aurinko: {
      port: flags.aurinkoPort,
      returnUrls: returnUrl ? [returnUrl] : [],
      ...clientFrom(prefixes.aurinko),
    },
    controlPort: flags.controlPort,
  }
}

/** What the sandbox says about itself. A secret that came from outside is not repeated. */
function addressesOf({ issuer, inboxManager, faable, authAction, control, ...others }: Sandbox) {
  const { loginRadius, aurinko } = others
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
      ...clientOf(inboxManager, prefixes.inboxManager),
    },
    faable: { url: faable.url, audience: faable.audience, ...clientOf(faable, prefixes.faable) },
    authAction: {
      url: authAction.url,
      audience: authAction.audience,
      ...clientOf(authAction, prefixes.authAction),
    },
    loginRadius: {
      tokenEndpoint: loginRadius.tokenEndpoint,
      url: loginRadius.url,
      audience: loginRadius.audience,
      organizationId: loginRadius.organizationId,
      ...clientOf(loginRadius, prefixes.loginRadius),
    },
    aurinko: { url: aurinko.url, ...clientOf(aurinko, prefixes.aurinko) },
    control: { url: control },
  }
}

function clientOf(upstream: object, prefix: string): Record<string, string> {
  const given = clientFrom(prefix)
  const shown = Object.entries(upstream).filter(
    ([name]) => name === 'clientId' || (name in settable && !(name in given)),
  )
  return Object.fromEntries(shown)
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

function parseSeconds(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('a lifetime is a whole number of seconds, from 1')
}
