import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { presets } from '@countersign/auth-core'
import { loadConfig } from '@countersign/gateway/src/config/load.ts'
import type { LoadedConfig } from '@countersign/gateway/src/config/loaded-config.ts'
import {
  type Recorder,
  startRecorder,
  startTestIssuer,
  startTokenEndpoint,
  type TestIssuer,
} from '@countersign/testkit'
import { keepConsents } from '../support/keep-consents.ts'
import {
  gatewayCredential,
  gatewayKeys,
  gatewayStoreKey,
  type RunningGateway,
  startGateway,
} from '../support/start-gateway.ts'

/** The example of realistic size: its services' contracts are held against its own policy. */
export const platformExample: string = fileURLToPath(new URL('../../examples/platform', import.meta.url))

/** A gateway with the services of the example, and all around it under the control of a test. */
export interface Platform extends AsyncDisposable {
  readonly gateway: RunningGateway
  readonly policy: LoadedConfig
  /** By name, as services refer to them. */
  readonly issuers: ReadonlyMap<string, TestIssuer>
  /** Stands for every upstream. */
  readonly upstream: Recorder
}

/** Starts it all. @param services the section, where it is not the example's */
export async function startPlatform(services: readonly string[] = exampleServices()): Promise<Platform> {
  const policy = loadConfig(platformExample, { env: {}, presets, policyOnly: true })
  await using started = new AsyncDisposableStack()
  const issuers = new Map<string, TestIssuer>()
  for (const name of policy.issuers.keys()) issuers.set(name, started.use(await startTestIssuer()))
  const tokens = started.use(await startTokenEndpoint())
  tokens.always(tokens.ok())
  const upstream = started.use(await startRecorder())
  const folder = mkdtempSync(join(tmpdir(), 'contract-platform-'))
  started.defer(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'accounts.json')
  await keepConsents(file, ['aurinko'], upstream.url)
  const credential = { ...gatewayCredential }
  const here = { url: upstream.url, credential }
  const minted = { ...here, token: { endpoint: tokens.url } }
  const gateway = started.use(
    await startGateway({
      gateway: {
        public: { listen: '127.0.0.1:0', url: 'http://127.0.0.1:8443' },
        operators: [{ issuer: 'staff', subject: 'platform-team' }],
        store: { file, keys: { first: gatewayStoreKey }, active: 'first' },
      },
      issuers: Object.fromEntries([...issuers].map(([name, { issuer }]) => [name, { kind: 'jwt', issuer }])),
      upstreams: {
        'inbox-manager': { ...minted, preset: 'inbox-manager' },
        faable: { ...minted, preset: 'faable', token: { endpoint: tokens.url, audience: 'faable:contract' } },
        authaction: { ...minted, preset: 'authaction' },
        loginradius: { ...minted, preset: 'loginradius', credential: { ...credential, ...gatewayKeys } },
        aurinko: { ...here, preset: 'aurinko' },
      },
      services,
    }),
  )
  const running = started.move()
  const dispose = () => running.disposeAsync()
  return { gateway, policy, issuers, upstream, [Symbol.asyncDispose]: dispose }
}

/** The teams' files, as they stand there. */
function exampleServices(): readonly string[] {
  const folder = join(platformExample, 'services')
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
  return files.map((name) => readFileSync(join(folder, name), 'utf8'))
}
