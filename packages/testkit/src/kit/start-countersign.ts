import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type IdentitySource } from '@countersign/client'
import { startProcess, type TestProcess } from '../process.ts'
import type { TestIssuer } from '../test-issuer.ts'
import { countersignScript, runCountersign } from './countersign-command.ts'
import type { CountersignKit, KitOptions } from './countersign-kit.ts'
import { explainCall } from './explain-call.ts'
import { createExplainingFetch } from './explaining-fetch.ts'
import { claimsOf, startKitIssuer } from './kit-issuer.ts'
import { type KitUpstream, startKitUpstream } from './kit-upstream.ts'
import { readPolicy } from './read-policy.ts'
import { requireNode } from './require-node.ts'
import { resolved, rewirePolicy, secretVariable, section } from './rewire-policy.ts'

/**
 * Starts a gateway with a policy, and all around it. For any test runner:
 *
 *     await using kit = await startCountersign({ policy: './countersign' })
 *     kit.upstream('inbox-manager').answer('GET /api/accounts', { body: { data: [] } })
 *     const response = await kit.fetch('provisioning', '/inbox-manager/api/accounts')
 *
 * @throws {TypeError} there is no policy, or Node is too old
 * @throws {Error} with what `countersign check` says of the policy, or what the gateway said before it ended
 */
export async function startCountersign(options: KitOptions): Promise<CountersignKit> {
  requireNode(process.versions.node)
  await using started = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'countersign-testkit-'))
  started.defer(() => rmSync(folder, { recursive: true, force: true }))
  const env = options.env ?? {}
  const policy = readPolicy(options.policy, folder)
  const sections = policy.files.map((file) => resolved(file, env))
  const entries = (name: string) => new Map(sections.flatMap((file) => Object.entries(section(file[name]))))

  const issuers = new Map<string, TestIssuer>()
  for (const [name, issuer] of entries('issuers')) {
    const audience = String(entries('gateway').get('audience'))
    issuers.set(name, started.use(await startKitIssuer(section(issuer), audience)))
  }
  const upstreams = new Map<string, KitUpstream>()
  for (const name of entries('upstreams').keys())
    upstreams.set(name, started.use(await startKitUpstream(name)))

  const config = join(folder, 'config')
  mkdirSync(config)
  for (const [at, file] of policy.files.entries()) {
    const rewired = rewirePolicy(file, { keySets: issuers, upstreams }, env)
    // YAML is a superset of JSON.
    writeFileSync(join(config, `${at}.yaml`), JSON.stringify(rewired))
  }
  const gateway = started.use(await startGateway(config, policy.path))
  const { data, admin }: { data: string; admin: string } = JSON.parse(gateway.readyLine)
  const running = started.move()
  const stop = () => running.disposeAsync()
  const services = entries('services')
  return {
    ...callers({ url: data, policy: policy.path, services, issuers, kinds: entries('issuers') }),
    ...{ url: data, admin, stop, [Symbol.asyncDispose]: stop },
    upstream: (name) => named(upstreams, name, 'upstream'),
    issuer: (name) => named(issuers, name, 'issuer'),
    audit: () => auditLines(join(config, 'audit.jsonl')),
    log: () => gateway.stderr(),
  }
}

interface Callers {
  readonly url: string
  readonly policy: string
  readonly services: ReadonlyMap<string, unknown>
  readonly issuers: ReadonlyMap<string, TestIssuer>
  /** The issuers as the policy describes them. */
  readonly kinds: ReadonlyMap<string, unknown>
}

/** The side of a kit that calls. */
function callers({ url, policy, services, issuers, kinds }: Callers) {
  const explain: CountersignKit['explain'] = (call) => explainCall(policy, call)
  const explainingFetch = createExplainingFetch({
    issuerName: (iss) => [...issuers].find(([, { issuer }]) => issuer === iss)?.[0],
    explain,
  })
  const identity: CountersignKit['identity'] = (service, claims) => {
    const { identities } = section(named(services, service, 'service'))
    const first = section(Array.isArray(identities) ? identities[0] : undefined)
    const signer = named(issuers, String(first.issuer), 'issuer')
    const own = claimsOf(first, section(kinds.get(String(first.issuer))))
    return { token: () => signer.sign({ ...own, ...claims }) } satisfies IdentitySource
  }
  const client: CountersignKit['client'] = (service, claims) =>
    createClient({ gateway: url, identity: identity(service, claims), fetch: explainingFetch, retry: false })
  const fetch: CountersignKit['fetch'] = (service, path, init) => client(service).fetch(path, init)
  return { explain, explainingFetch, identity, client, fetch }
}

async function startGateway(config: string, policy: string): Promise<TestProcess> {
  const anywhere = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']
  // 32 bytes in Base64, because a store would take nothing else.
  const env = { [secretVariable]: Buffer.alloc(32, 'testkit').toString('base64') }
  try {
    const args = [countersignScript(), 'serve', config, ...anywhere]
    return await startProcess(process.execPath, args, {
      env,
      ready: /"msg":"listening"/,
      readyWithinMs: 30_000,
    })
  } catch (cause) {
    // Where the policy itself has faults, its author wants to hear of their own file and line.
    const { stderr } = await runCountersign(['check', policy, '--policy-only'])
    throw stderr === '' ? cause : new Error(`the policy cannot be used:\n${stderr}`, { cause })
  }
}

function named<T>(all: ReadonlyMap<string, T>, name: string, what: string): T {
  const found = all.get(name)
  if (found !== undefined) return found
  throw new TypeError(`the policy has no ${what} "${name}"; it has ${[...all.keys()].join(', ') || 'none'}`)
}

function auditLines(file: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}
