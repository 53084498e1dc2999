import { spawnSync } from 'node:child_process'
import { gatewayScript } from './start-gateway.ts'

/** How a command of the gateway's program ended. */
export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command of the gateway's program, as people do: `countersign contracts check …`. */
export function countersign(...args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [gatewayScript, ...args], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
