import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type RawTarget,
  startRecorder,
  startTestIssuer,
  startTokenEndpoint,
  type TestProcess,
} from '@countersign/testkit'
import { type Caller, createCaller } from './caller.ts'
import { type Configuration, coldOperations, configuration, type Surroundings } from './configuration.ts'
import { type GatewayProcess, startGateway } from './gateway-process.ts'
import { commandLineOf, placesOfSecrets } from './secret-scan.ts'

/** A real gateway process between a caller and upstreams that a test controls to the byte. */
export interface Stage extends Surroundings, AsyncDisposable {
  readonly caller: Caller
  readonly gateway: TestProcess
  readonly port: number
  /** Base URL of the admin listener. */
  readonly admin: string
  /** Where the configuration, its secrets and the record are. */
  readonly folder: string
  /** Client secrets of the gateway. */
  readonly secrets: readonly string[]
  /** The record so far, a line each. */
  audit(): AuditLine[]
  metrics(): Promise<string>
  /** A path of `u1` whose token nobody has asked for yet: no other case's failure is remembered for it. */
  cold(): string
  /** The configuration as it was started with. */
  readonly configuration: Configuration
  /** Names of the files that a test wrote: the only ones in which a secret may stand. */
  readonly written: Set<string>
  /** Writes a file beside the configuration. */
  write(name: string, content: string): void
}

/** A line of the record, as far as tests look at it. */
export interface AuditLine {
  readonly kind: 'open' | 'close'
  readonly request_id: string
  readonly [fact: string]: unknown
}

/** Departures from the usual stage. */
export interface StageOptions {
  /** Changes the usual configuration; waited for. */
  readonly adapt?: (usual: Configuration, surroundings: Surroundings) => unknown
  readonly secrets?: { readonly u1?: string; readonly u2?: string }
  /** Files to write before the start, by name. */
  readonly files?: Readonly<Record<string, string>>
  /** Added to the gateway's environment; told where its configuration is. */
  readonly env?: (folder: string) => Readonly<Record<string, string>>
  /** How the caller speaks TLS. */
  readonly tls?: NonNullable<RawTarget['tls']>
}

/** Starts issuer, token endpoint, two recorders and the gateway before them. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const surroundings: Surroundings = {
    issuer: await startTestIssuer(),
    tokens: await startTokenEndpoint(),
    first: await startRecorder(),
    second: await startRecorder(),
  }
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  const written = new Set<string>()
  function write(name: string, content: string): void {
    written.add(name)
    writeFileSync(join(folder, name), content)
  }
  const secrets = { u1: 'client-secret-of-u1', u2: 'client-secret-of-u2', ...options.secrets }
  const config = configuration(surroundings)
  await options.adapt?.(config, surroundings)
  write('u1.secret', secrets.u1)
  write('u2.secret', secrets.u2)
  for (const [name, content] of Object.entries(options.files ?? {})) write(name, content)
  write('countersign.yaml', JSON.stringify(config, null, 2))

  const running = await startGateway(folder, options.env?.(folder))
  const target = { port: running.port, ...(options.tls ? { tls: options.tls } : {}) }
  const caller = await createCaller(surroundings.issuer, target)
  const recorded: AuditLine[] = []
  let parsed = 0
  let usedUp = 0
  let isAskedToStop = false
  return {
    ...surroundings,
    ...running,
    gateway: {
      ...running.gateway,
      stop(signal) {
        isAskedToStop = true
        return running.gateway.stop(signal)
      },
    },
    caller,
    configuration: config,
    folder,
    secrets: Object.values(secrets),
    audit() {
      const text = readFileSync(join(folder, 'audit.jsonl'), 'latin1')
      // Only what is new is parsed: it is asked for before and after each of hundreds of cases.
      recorded.push(...auditLines(Buffer.from(text.slice(parsed), 'latin1').toString('utf8')))
      parsed = text.lastIndexOf('\n') + 1
      return [...recorded]
    },
    metrics: async () => (await fetch(`${running.admin}/metrics`)).text(),
    cold() {
      usedUp += 1
      if (usedUp > coldOperations) throw new TypeError('every cold operation has been used')
      return `/u1/cold/${usedUp}`
    },
    write,
    written,
    async [Symbol.asyncDispose]() {
      const { gateway } = running
      const texts = await shownWhileRunning(running)
      // A second try has another gateway, and would pass.
      const hasCrashed = texts === undefined && !isAskedToStop
      await gateway.close()
      await Promise.all(Object.values(surroundings).map((server) => server.close()))
      const places = placesOfSecrets({
        folder,
        given: written,
        texts: { ...texts, stdout: gateway.stdout(), stderr: gateway.stderr() },
        secrets: [
          ...Object.values(secrets),
          ...surroundings.tokens.issued,
          ...caller.credentials.map((credential) => credential.slice(-40)),
        ],
      })
      rmSync(folder, { recursive: true, force: true })
      if (hasCrashed) throw new Error(`the gateway has ended by itself:\n${gateway.stderr()}`)
      if (places.length > 0) throw new Error(`a secret was left in ${places.join(', ')}`)
    },
  }
}

/** What a process shows, `undefined` once it has ended: its port and its id may be another test's. */
async function shownWhileRunning({
  gateway,
  admin,
}: GatewayProcess): Promise<Record<string, string> | undefined> {
  const hasEnded = (await Promise.race([gateway.exited, undefined])) !== undefined
  if (hasEnded) return undefined
  const metrics = await fetch(`${admin}/metrics`).then(
    (answer) => answer.text(),
    () => '',
  )
  return { 'the command line': commandLineOf(gateway.pid), metrics }
}

/** Every complete line; the record is written a whole line at a time. */
export function auditLines(text: string): AuditLine[] {
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as AuditLine)
}
