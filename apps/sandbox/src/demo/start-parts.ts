import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { type AuditLines, createAuditLines } from './audit-lines.ts'
import { type Child, startChild } from './child.ts'
import type { SandboxAddresses } from './sandbox-addresses.ts'
import type { Scenario } from './scenario.ts'

/** One gateway process, with the configuration of one scenario. */
export interface RunningGateway {
  readonly scenario: Scenario
  /** Origin of the data listener, where services call. */
  readonly data: string
  /** Origin of the admin listener. */
  readonly admin: string
  readonly audit: AuditLines
}

/** The processes of the demo. Disposing of them ends them all, the gateways first. */
export interface Parts extends AsyncDisposable {
  readonly sandbox: SandboxAddresses
  readonly gateways: readonly RunningGateway[]
  /** Never resolves; rejects when one of them ends although nobody told it to. */
  readonly died: Promise<never>
}

/** An identity lives for a working day, so that the curl line still works when somebody comes back to it. */
const identitySeconds = 8 * 60 * 60

/** From here on, pino's levels are something that a person should see. */
const errorLevel = 50

/** Starts the sandbox and then a gateway per scenario; when one cannot start, none is left running. */
export async function startParts(scenarios: readonly Scenario[]): Promise<Parts> {
  await using started = new AsyncDisposableStack()
  // Made up here and handed to both sides by environment: no output ever holds it.
  const credential = {
    AUTH_BACKEND_ADMIN_CLIENT_ID: `cid_${randomBytes(8).toString('hex')}`,
    AUTH_BACKEND_ADMIN_CLIENT_SECRET: randomBytes(32).toString('base64url'),
  }
  const sandbox = started.use(await startSandboxProcess(credential))
  const gateways = await Promise.all(
    scenarios.map(async (scenario) => {
      const audit = createAuditLines()
      const child = started.use(await startGateway({ scenario, sandbox: sandbox.ready, credential, audit }))
      return { child, gateway: { scenario, audit, ...child.ready } }
    }),
  )
  const died = Promise.race([sandbox.died, ...gateways.map(({ child }) => child.died)])
  died.catch(() => undefined)
  const running = started.move()
  return {
    sandbox: sandbox.ready,
    gateways: gateways.map(({ gateway }) => gateway),
    died,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

function startSandboxProcess(credential: Record<string, string>): Promise<Child<SandboxAddresses>> {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  return startChild({
    name: 'sandbox',
    args: [main, '--json', '--identity-lifetime', String(identitySeconds)],
    env: credential,
    ready: (line): SandboxAddresses | undefined => parsed(line),
  })
}

interface GatewayParts {
  readonly scenario: Scenario
  readonly sandbox: SandboxAddresses
  readonly credential: Record<string, string>
  readonly audit: AuditLines
}

function startGateway({ scenario, sandbox, credential, audit }: GatewayParts) {
  const main = fileURLToPath(import.meta.resolve('@countersign/gateway/src/main.ts'))
  const example = fileURLToPath(new URL(`../../../../examples/${scenario.upstream}`, import.meta.url))
  return startChild({
    name: 'gateway',
    args: [main, 'serve', example, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'],
    env: { ...credential, ...scenario.environment(sandbox), INTERNAL_ISSUER: sandbox.issuer.issuer },
    ready(line): Pick<RunningGateway, 'data' | 'admin'> | undefined {
      const entry = parsed(line)
      return entry?.msg === 'listening' ? { data: entry.data, admin: entry.admin } : undefined
    },
    onLine: audit.take,
    onErrorLine(line) {
      if (parsed(line)?.level >= errorLevel) process.stderr.write(`gateway: ${line}\n`)
    },
  })
}

/** A line of JSON; anything else, such as a warning of the runtime, is nobody's answer. */
function parsed(line: string) {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
