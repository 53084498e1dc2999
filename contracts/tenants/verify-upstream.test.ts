import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  startAurinko,
  startAuthAction,
  startFaable,
  startInboxManager,
  startLoginRadius,
} from '@countersign/sandbox'
import { describe, expect, test } from 'vitest'
import { knownEmail } from '../gateway-faable-api/states.ts'
import { tenants } from './tenants.ts'
import { verifyTenant } from './verify-tenant.ts'

interface Outcome {
  readonly code: number
  readonly output: string
}

/** Runs the command as an operator does, with this environment. */
function verifyUpstream(args: readonly string[], env: Record<string, string>): Promise<Outcome> {
  const script = fileURLToPath(new URL('../verify-upstream.ts', import.meta.url))
  const { NODE_COMPILE_CACHE } = process.env
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [script, ...args],
      { env: { ...env, NODE_COMPILE_CACHE } },
      (error, stdout, stderr) => {
        resolve({ code: Number(error?.code ?? 0), output: stdout + stderr })
      },
    )
  })
}

/** The sandbox's systems, each as the environment would describe a real one. */
const systems: Readonly<Record<string, () => Promise<AsyncDisposable & { env: Record<string, string> }>>> = {
  async 'inbox-manager'() {
    const inbox = await startInboxManager()
    inbox.seedAccount()
    const env = {
      INBOX_MANAGER_URL: inbox.url,
      INBOX_MANAGER_TOKEN_ENDPOINT: inbox.tokenEndpoint,
      AUTH_BACKEND_ADMIN_CLIENT_ID: inbox.clientId,
      AUTH_BACKEND_ADMIN_CLIENT_SECRET: inbox.clientSecret,
      INBOX_MANAGER_APPLICATION: inbox.applicationId,
    }
    return { env, [Symbol.asyncDispose]: inbox.close }
  },
  async faable() {
    const faable = await startFaable({ tokenRequestLimit: null })
    const env = {
      FAABLE_URL: faable.url,
      FAABLEAUTH_CLIENT_ID: faable.clientId,
      FAABLEAUTH_CLIENT_SECRET: faable.clientSecret,
      FAABLE_AUDIENCE: faable.audience,
      FAABLE_USER: faable.seed('users', { email: knownEmail, suspended: false }).id,
    }
    return { env, [Symbol.asyncDispose]: faable.close }
  },
  async authaction() {
    const authAction = await startAuthAction()
    const env = {
      AUTHACTION_URL: authAction.url,
      AUTHACTION_CLIENT_ID: authAction.clientId,
      AUTHACTION_CLIENT_SECRET: authAction.clientSecret,
      AUTHACTION_USER: authAction.seed('users').id,
      AUTHACTION_APPLICATION: 'app',
    }
    return { env, [Symbol.asyncDispose]: authAction.close }
  },
  async loginradius() {
    const loginRadius = await startLoginRadius()
    const env = {
      LOGINRADIUS_URL: loginRadius.url,
      LOGINRADIUS_TOKEN_ENDPOINT: loginRadius.tokenEndpoint,
      LOGINRADIUS_CLIENT_ID: loginRadius.clientId,
      LOGINRADIUS_CLIENT_SECRET: loginRadius.clientSecret,
      LOGINRADIUS_API_KEY: loginRadius.apiKey,
      LOGINRADIUS_API_SECRET: loginRadius.apiSecret,
    }
    return { env, [Symbol.asyncDispose]: loginRadius.close }
  },
  async aurinko() {
    const aurinko = await startAurinko()
    const { accountId, accessToken } = aurinko.seedServiceAccount()
    const env = {
      AURINKO_URL: aurinko.url,
      AURINKO_CLIENT_ID: aurinko.clientId,
      AURINKO_CLIENT_SECRET: aurinko.clientSecret,
      AURINKO_TOKEN: accessToken,
      AURINKO_ACCOUNT: String(accountId),
    }
    return { env, [Symbol.asyncDispose]: aurinko.close }
  },
}

describe('a system that is like its sandbox keeps the contract, at its own address and by its own credential', () => {
  test.each(Object.keys(systems))('%s', async (name) => {
    await using system = (await systems[name]?.()) ?? expect.unreachable()
    const pairs = tenants.get(name)?.pairs((variable) => system.env[variable]) ?? []
    expect(pairs.map(({ provider }) => provider)).toEqual([`${name}-token`, `${name}-api`])
    for (const pair of pairs) {
      const { verified, failure } = await verifyTenant(pair, false)
      expect(failure).toBeUndefined()
      expect(verified).not.toEqual([])
      expect(verified.filter((interaction) => interaction.includes('(assumed)'))).toEqual([])
    }
  })
})

test('what is assumed is tried when that is asked for', async () => {
  await using system = (await systems.authaction?.()) ?? expect.unreachable()
  const { code, output } = await verifyUpstream(['authaction', '--include-assumed'], system.env)
  expect(output).toMatch(/tried +a user exists \(assumed\) \/ users\.get/)
  expect(output).not.toContain('NOT KEPT')
  expect(code).toBe(0)
})

test('what is not kept is said, and no secret with it', async () => {
  await using system = (await systems.loginradius?.()) ?? expect.unreachable()
  const env = { ...system.env, LOGINRADIUS_API_KEY: '11111111-1111-4111-8111-111111111111' }
  const { code, output } = await verifyUpstream(['loginradius'], env)
  expect(output).toMatch(/loginradius-api: [1-9]\d* tried, \d+ left out, NOT KEPT/)
  expect(output).toContain('Expected status code 403 to be a Successful response')
  for (const [name, value] of Object.entries(env)) {
    if (/SECRET|KEY/.test(name)) expect(output).not.toContain(value)
  }
  expect(code).toBe(1)
})

test.each([
  { args: ['faable'], says: 'FAABLEAUTH_CLIENT_SECRET is not set' },
  { args: ['faable', '--everything'], says: '--everything' },
])('wrong usage is told: $says', async ({ args, says }) => {
  const { code, output } = await verifyUpstream(args, {})
  expect(output).toContain(says)
  expect(code).toBe(2)
})
