import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  answersStatus,
  type Recorder,
  startRecorder,
  startTestIssuer,
  startTokenEndpoint,
  staysSilent,
  type TestIssuer,
  type TestTokenEndpoint,
} from '@countersign/testkit'
import {
  gatewayCredential,
  gatewayKeys,
  type RunningGateway,
  type Sections,
  startGateway,
} from '../support/start-gateway.ts'
import { type FullDisk, fullDiskOf } from './full-disk.ts'

/** A real gateway, and all around it under the control of a test. */
export interface Surroundings extends AsyncDisposable {
  readonly gateway: RunningGateway
  /** What the gateway was started with. */
  readonly sections: Sections
  readonly issuer: TestIssuer
  /** Trusted by the gateway as well, but its keys cannot be had. */
  readonly silentIssuer: TestIssuer
  readonly tokens: TestTokenEndpoint
  readonly upstream: Recorder
  /** Another one, which never answers. */
  readonly busy: Recorder
  /** Of the gateway's record, without which it does nothing. */
  readonly disk: FullDisk
  /** For calls that wait until all this ends: then they are broken off. */
  readonly ending: AbortSignal
}

/**
 * Services that share no token with any other, because they ask for an audience of their own: what a state
 * does to their mints does nothing to the next.
 */
const ownTokens = ['mint-refused', 'mint-unavailable', 'mint-invalid', 'rejected'] as const

/** Starts it all. @param services as they are written, in place of its own */
export async function startSurroundings(services?: readonly string[]): Promise<Surroundings> {
  await using started = new AsyncDisposableStack()
  const issuer = started.use(await startTestIssuer())
  const silentIssuer = started.use(await startTestIssuer())
  silentIssuer.discovery.always(answersStatus(503))
  const tokens = started.use(await startTokenEndpoint())
  const upstream = started.use(await startRecorder())
  const busy = started.use(await startRecorder())
  busy.answerWith(staysSilent())
  const folder = mkdtempSync(join(tmpdir(), 'contract-record-'))
  started.defer(() => rmSync(folder, { recursive: true }))
  const record = join(folder, 'audit.jsonl')
  const preset = { preset: 'inbox-manager', token: { endpoint: tokens.url }, credential: gatewayCredential }
  const sections: Sections = {
    gateway: { audit: { file: record, required: true } },
    issuers: {
      internal: { kind: 'jwt', issuer: issuer.issuer },
      silent: { kind: 'jwt', issuer: silentIssuer.issuer },
    },
    upstreams: {
      'inbox-manager': { ...preset, url: upstream.url, timeouts: { first_byte: '1s' } },
      retired: { ...preset, url: nowhere },
      failing: { ...preset, url: nowhere, breaker: { failures: 1, pause: '1h' } },
      narrow: {
        ...{ ...preset, url: busy.url, timeouts: { first_byte: '5m' } },
        limits: { concurrency: 1, wait: '1ms' },
      },
      undisclosed: { ...preset, preset: 'faable', url: upstream.url },
      keyed: {
        ...{ ...preset, preset: 'loginradius', url: upstream.url },
        credential: { ...gatewayCredential, ...gatewayKeys },
      },
    },
    services: [
      ...(services ?? [JSON.stringify({ services: ownServices })]),
      JSON.stringify({ services: twins }),
    ],
  }
  const gateway = started.use(await startGateway(sections))
  const end = new AbortController()
  started.defer(() => end.abort())
  const running = started.move()
  return {
    ...{ gateway, sections, issuer, silentIssuer, tokens, upstream, busy },
    ...{ disk: fullDiskOf(record), ending: end.signal },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** A port of the system's own, where nothing listens. */
const nowhere = 'http://127.0.0.1:1'

const ownServices = {
  provisioning: service('provisioning', [rule({ operations: ['users.*', 'accounts.*', 'members.*'] })]),
  archive: service('archive', [rule({ upstream: 'retired' })]),
  waiting: service('waiting', [rule({ upstream: 'failing' })]),
  queueing: service('queueing', [rule({ upstream: 'narrow' })]),
  undisclosed: service('undisclosed', [rule({ upstream: 'undisclosed', operations: ['users.list'] })]),
  keyed: service('keyed', [rule({ upstream: 'keyed', operations: ['account-contexts.list'] })]),
  marketing: service('marketing', [rule({})]),
  exporting: service('exporting', [rule({ release: 'token' })]),
  hoarding: service('hoarding', [rule({ release: 'token', audience: 'https://hoarding.example' })]),
  eager: service('eager', [rule({ limit: '1/day' })]),
  ...Object.fromEntries(
    ownTokens.map((name) => [name, service(name, [rule({ audience: `https://${name}.example` })])]),
  ),
}

/** Claims that only a token can have both of: no load can compare the two. They are in no contract as services. */
const twins = {
  'of-a-team': twin({ team: 'contract' }),
  'of-a-region': twin({ region: 'contract' }),
}

function twin(claims: object) {
  return { identities: [{ issuer: 'internal', subject: 'twin', claims }], allow: [rule({})] }
}

function service(subject: string, allow: readonly object[]) {
  return { identities: [{ issuer: 'internal', subject }], allow }
}

function rule(rest: object) {
  return { upstream: 'inbox-manager', operations: ['accounts.list'], ...rest }
}
