import { randomBytes } from 'node:crypto'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, startChild } from './child.ts'
import { compileGateway } from './compile-gateway.ts'
import { parseLine } from './parse-line.ts'
import { type RunningGateway, startGateway } from './running-gateway.ts'
import type { SandboxAddresses } from './sandbox-addresses.ts'
import type { Scenario, Variables } from './scenario.ts'

/** The processes of the demo. Disposing of them ends them all, the gateways first. */
export interface Parts extends AsyncDisposable {
  readonly sandbox: SandboxAddresses
  readonly gateways: readonly RunningGateway[]
  /** Never resolves; rejects when one of them ends although nobody told it to. */
  readonly died: Promise<never>
}

/** An identity lives for a working day, so that the curl line still works when somebody comes back to it. */
const identitySeconds = 8 * 60 * 60

/** Starts the sandbox and then a gateway per scenario; when one cannot start, none is left running. */
export async function startParts(scenarios: readonly Scenario[]): Promise<Parts> {
  await using started = new AsyncDisposableStack()
  const folder = started.use(mkdtempDisposableSync(join(tmpdir(), 'countersign-')))
  const actors = scenarios.map((scenario) => ({ scenario, credential: madeUp(scenario.credential) }))
  const credentials = Object.assign({}, ...actors.map(({ credential }) => credential))
  const compiling = compileGateway(join(folder.path, 'compiled'))
  const { ready: sandbox, died: sandboxDied } = started.use(await startSandboxProcess(credentials))
  const common = { ...(await compiling), INTERNAL_ISSUER: sandbox.issuer.issuer }
  const starting = actors.map(async ({ scenario, credential }) => {
    const own = await scenario.environment({ sandbox, folder: folder.path })
    return startGateway(scenario, { ...common, ...credential, ...own })
  })
  started.defer(() => endAll(starting))
  const gateways = await Promise.all(starting)
  const died = Promise.race([sandboxDied, ...gateways.map((gateway) => gateway.died)])
  died.catch(() => undefined)
  const running = started.move()
  return { sandbox, gateways, died, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** Handed to both sides by environment: no output ever holds it. */
function madeUp(names: readonly string[]): Variables {
  return Object.fromEntries(names.map((name) => [name, randomBytes(32).toString('base64url')]))
}

function startSandboxProcess(credentials: Variables): Promise<Child<SandboxAddresses>> {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  return startChild({
    name: 'sandbox',
    args: [main, '--json', '--identity-lifetime', String(identitySeconds)],
    env: credentials,
    ready: (line): SandboxAddresses | undefined => parseLine(line),
  })
}

/** Ends also those that are still about to start; one that could not has said so already. */
async function endAll(starting: readonly Promise<RunningGateway>[]): Promise<void> {
  const settled = await Promise.allSettled(starting)
  const running = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  await Promise.all(running.map((gateway) => gateway[Symbol.asyncDispose]()))
}
