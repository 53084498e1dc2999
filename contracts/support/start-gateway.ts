import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess, type TestProcess } from '@countersign/testkit'

/** A gateway in a process of its own, as an operator runs it. */
export interface RunningGateway extends AsyncDisposable {
  /** Origin of its data listener. */
  readonly url: string
  /** Origin of the public one, where it has one. */
  readonly publicUrl: string | undefined
  /** The record so far, a line each. */
  audit(): readonly Readonly<Record<string, unknown>>[]
  close(): Promise<void>
}

/** What the gateway expects in `aud` of an identity. */
export const gatewayAudience = 'https://gateway.internal'

/** What the gateway is to every upstream. A secret is always a reference; this one comes by environment. */
export const gatewayCredential = {
  client_id: 'cid_contract',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference, as it is written in YAML
  client_secret: '${env:CONTRACT_CLIENT_SECRET}',
} as const

/** Further keys of a credential: references as well. */
export const gatewayKeys = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference, as it is written in YAML
  api_key: '${env:CONTRACT_API_KEY}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference, as it is written in YAML
  api_secret: '${env:CONTRACT_API_SECRET}',
} as const

/** The key of a gateway's store. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a reference, as it is written in YAML
export const gatewayStoreKey = '${env:CONTRACT_STORE_KEY}'

/** What those references lead to. */
export const gatewaySecrets = {
  CONTRACT_CLIENT_SECRET: 'not-a-secret',
  CONTRACT_API_KEY: '00000000-0000-4000-8000-00000000000a',
  CONTRACT_API_SECRET: '00000000-0000-4000-8000-00000000000b',
  CONTRACT_STORE_KEY: Buffer.alloc(32, 'contract').toString('base64'),
} as const

/** Sections of a configuration. */
export interface Sections {
  /** What it has beyond what all have. */
  readonly gateway?: object
  readonly issuers: object
  readonly upstreams: object
  /** As a value, or as it is written, in files of its own. */
  readonly services: object | readonly string[]
}

/** Starts a gateway. */
export async function startGateway(sections: Sections): Promise<RunningGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'contract-gateway-'))
  const config = writeConfiguration(folder, sections)
  const gateway = await startProcess(
    process.execPath,
    [gatewayScript, 'serve', config, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'],
    { ready: /"listening"/, env: gatewaySecrets },
  )
  async function close(): Promise<void> {
    await gateway.close()
    rmSync(folder, { recursive: true })
  }
  const { data, public: publicUrl } = addressesOf(gateway)
  const audit = () => gateway.stdout().split('\n').slice(0, -1).map(parseLine)
  return { url: data, publicUrl, audit, close, [Symbol.asyncDispose]: close }
}

/** Writes the sections into a folder, which is made if need be and then is the configuration. @returns its path */
export function writeConfiguration(folder: string, { services, ...sections }: Sections): string {
  const listeners = { listen: '127.0.0.1:8080', admin: '127.0.0.1:9090' }
  const gateway = { audience: gatewayAudience, ...listeners, ...sections.gateway }
  mkdirSync(folder, { recursive: true })
  // YAML is a superset of JSON.
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('countersign.yaml', JSON.stringify({ ...sections, gateway }, null, 2))
  const written = Array.isArray(services) ? services : [JSON.stringify({ services }, null, 2)]
  for (const [at, text] of written.entries()) write(`services-${at}.yaml`, text)
  return folder
}

/** The gateway's program: in the bundle of this test run, or, outside of one, its sources. */
export const gatewayScript: string =
  process.env.COUNTERSIGN_MAIN ?? createRequire(import.meta.url).resolve('@countersign/gateway/src/main.ts')

function addressesOf({ readyLine }: TestProcess): { data: string; public?: string } {
  return JSON.parse(readyLine)
}

function parseLine(line: string): Readonly<Record<string, unknown>> {
  return JSON.parse(line)
}
