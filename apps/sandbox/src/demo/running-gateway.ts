import { fileURLToPath } from 'node:url'
import { type AuditLines, createAuditLines } from './audit-lines.ts'
import { type Child, startChild } from './child.ts'
import { parseLine } from './parse-line.ts'
import type { Scenario, Variables } from './scenario.ts'

/** Where a gateway listens: origins. */
export interface GatewayAddresses {
  /** Services call here. */
  readonly data: string
  /** Operators look here. */
  readonly admin: string
  /** Browsers of administrators come here; only where a configuration has it. */
  readonly public?: string
}

/** One gateway process, with the configuration of one scenario. */
export interface RunningGateway extends AsyncDisposable {
  readonly scenario: Scenario
  readonly audit: AuditLines
  readonly addresses: () => GatewayAddresses
  /** Kills it and starts it again at the same addresses. @throws {Error} when it does not come up again */
  readonly restart: () => Promise<void>
  /** Never resolves; rejects when it ends although nobody told it to. */
  readonly died: Promise<never>
}

/** The script that is the gateway's command line: `COUNTERSIGN_MAIN`, or its sources. */
export const gatewayMain: string =
  process.env.COUNTERSIGN_MAIN ?? fileURLToPath(import.meta.resolve('@countersign/gateway/src/main.ts'))

/** From here on, pino's levels are something that a person should see. */
const errorLevel = 50

/** Starts a gateway at free ports of the loopback interface. @throws {Error} when it does not come up */
export async function startGateway(scenario: Scenario, env: Variables): Promise<RunningGateway> {
  const audit = createAuditLines()
  const { promise: died, reject } = Promise.withResolvers<never>()
  died.catch(() => undefined)
  let isOver = false
  async function start(at: Pick<GatewayAddresses, 'data' | 'admin'>): Promise<Child<GatewayAddresses>> {
    const child = await startChild(processOf({ scenario, env, audit, at }))
    child.died.catch(reject)
    return child
  }
  let child = await start({ data: 'http://127.0.0.1:0', admin: 'http://127.0.0.1:0' })
  let starting = Promise.resolve()
  async function startAgain(): Promise<void> {
    await child.kill()
    child = await start(child.ready)
  }
  return {
    ...{ scenario, audit, died, addresses: () => child.ready },
    async restart() {
      if (isOver) throw new Error('the gateway has been ended')
      starting = startAgain()
      await starting
    },
    async [Symbol.asyncDispose]() {
      isOver = true
      // One that does not come up again has ended by itself, and whoever restarted it knows.
      await starting.catch(() => undefined)
      await child[Symbol.asyncDispose]()
    },
  }
}

interface ProcessParts {
  readonly scenario: Scenario
  readonly env: Variables
  readonly audit: AuditLines
  readonly at: Pick<GatewayAddresses, 'data' | 'admin'>
}

function processOf({ scenario, env, audit, at }: ProcessParts) {
  const example = fileURLToPath(new URL(`../../../../examples/${scenario.upstream}`, import.meta.url))
  const hostOf = (origin: string) => origin.slice('http://'.length)
  return {
    name: 'gateway',
    args: [gatewayMain, 'serve', example, '--listen', hostOf(at.data), '--admin', hostOf(at.admin)],
    env,
    ready(line: string): GatewayAddresses | undefined {
      const entry = parseLine(line)
      return entry?.msg === 'listening' ? entry : undefined
    },
    onLine: audit.take,
    onErrorLine(line: string) {
      if (parseLine(line)?.level >= errorLevel) process.stderr.write(`gateway: ${line}\n`)
    },
  }
}
