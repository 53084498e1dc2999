import { fileURLToPath } from 'node:url'
import { type ProcessOptions, startProcess, type TestProcess } from '@countersign/testkit'

/** A running gateway and where it listens. */
export interface GatewayProcess {
  readonly gateway: TestProcess
  readonly port: number
  /** Base URL of the admin listener. */
  readonly admin: string
}

/** The command's first module: in the bundle of this test run, or, outside of one, in the sources. */
export const main: string =
  process.env.COUNTERSIGN_MAIN ?? fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Starts `countersign` with these arguments, as a user would. */
export function countersign(args: readonly string[], options: ProcessOptions = {}): Promise<TestProcess> {
  return startProcess(process.execPath, [main, ...args], options)
}

/** Starts `countersign serve` on free ports and waits until it listens. */
export async function startGateway(path: string, env: ProcessOptions['env'] = {}): Promise<GatewayProcess> {
  const anywhere = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']
  const ready = /"msg":"listening"/
  const gateway = await countersign(['serve', path, ...anywhere], { ready, env })
  const { data, admin } = JSON.parse(gateway.readyLine) as { data: string; admin: string }
  return { gateway, port: Number(new URL(data).port), admin }
}
