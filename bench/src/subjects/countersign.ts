import { startProcess } from '@countersign/testkit'
import { onCore } from '../machine/cores.ts'
import type { Stage } from '../stage.ts'
import { type GatewaySettings, writeConfiguration } from './gateway-configuration.ts'
import { startNodeServer } from './node-proxies.ts'
import { shippedGateway } from './shipped.ts'
import type { Server, Subject } from './subject.ts'

/** The real process, as it is shipped, with a real configuration: every part of the job. */
export function countersign(settings: GatewaySettings = {}): Subject {
  return {
    name: 'countersign',
    title: 'Countersign, the whole job',
    mints: true,
    unavailable: () => undefined,
    async start(stage: Stage): Promise<Server> {
      const serve = [shippedGateway(stage), 'serve', writeConfiguration(stage, settings), ...anyPort]
      const command = onCore('subject', process.execPath, serve)
      const { pid, readyLine, close } = await startProcess(...command, {
        ready: /"msg":"listening"/,
        readyWithinMs: 60_000,
        env: { NODE_ENV: 'production' },
      })
      const { data } = JSON.parse(readyLine) as { data: string }
      return { port: Number(new URL(data).port), pid, [Symbol.asyncDispose]: close }
    },
  }
}

/** Arguments for listeners on free ports. */
export const anyPort = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'] as const

/** Parts of the gateway's job that the composition can do without. */
export const parts = [
  'identify',
  'route',
  'authorize',
  'mint',
  'audit',
  'metrics',
  'record',
  'body-limit',
] as const

/** A part of the gateway's job. */
export type Part = (typeof parts)[number]

/** The gateway's modules put together by the bench, without some of its parts: what each of them costs. */
export function composition(without: readonly Part[]): Subject {
  return {
    name: 'composition',
    title: without.length === 0 ? 'the gateway as the bench composes it' : `without ${without.join(', ')}`,
    mints: true,
    unavailable: () => undefined,
    start: (stage) => startNodeServer('composition', [writeConfiguration(stage), ...without]),
  }
}
