import { setTimeout as sleep } from 'node:timers/promises'
import { Secret } from '@countersign/auth-core'
import { openAccountStore } from '../../src/store/open-account-store.ts'
import { createCalendar } from './calendar.ts'
import { createCalls } from './calls.ts'
import { checkRecord } from './check-record.ts'
import { createCredentials } from './credentials.ts'
import { createLedger } from './ledger.ts'
import { createLoad } from './load.ts'
import { createRandom } from './random.ts'
import { createWorld, type StoreKey, type World } from './world.ts'

/** How often, how hard, and which sequence of requests and moments. */
export interface KillOptions {
  readonly kills: number
  /** Requests a second. */
  readonly rate: number
  readonly seed: number
  /** Told a line now and then. */
  readonly say: (line: string) => void
}

/** What came of killing. */
export interface KillReport {
  readonly kills: number
  readonly sent: number
  readonly answered: number
  /** Calls that were under way at the moment of a kill. */
  readonly broken: number
  readonly outcomes: Readonly<Record<string, number>>
  readonly auditLines: number
  /** Half lines that a kill left and the next start marked. */
  readonly torn: number
  /** What was not as it must be; empty when all was. */
  readonly violations: readonly string[]
}

/**
 * Kills a gateway under load at random moments with SIGKILL, while its account store is written again and again.
 * After each kill the next one starts from what is there; configuration, accounts and record must be whole.
 */
export async function runKills({ kills, rate, seed, say }: KillOptions): Promise<KillReport> {
  await using world = await createWorld()
  const random = createRandom(seed)
  const calendar = createCalendar()
  const ledger = createLedger()
  const load = createLoad({
    run: `kill-${seed}`,
    random: createRandom(seed + 1),
    calendar,
    ledger,
    rate,
    say,
  })
  const credentialOf = await createCredentials(world.issuer)
  const violations: string[] = []
  await fillStore(world)

  for (let kill = 1; kill <= kills; kill += 1) {
    const { gateway, port } = await world.start()
    const calls = createCalls(port, credentialOf)
    const killed = new AbortController()
    const loading = load.runFor(60_000, calls, killed.signal)
    const rewriting = setInterval(() => rewriteStore(world, gateway.pid), 300 + random.below(300))
    await sleep(400 + random.below(1_300))
    const end = calendar.begin('gateway')
    clearInterval(rewriting)
    await gateway.stop('SIGKILL')
    killed.abort()
    await loading
    end()
    await calls.close()
    await gateway.close()
    violations.push(...(await checkStore(world)))
    if (kill % 10 === 0 || kill === kills)
      say(`${kill} kills: ${load.sent} sent, ${violations.length + load.violations.length} wrong`)
  }
  // One more start, which continues what the last kill left, and an end in peace.
  const last = await world.start()
  const calls = createCalls(last.port, credentialOf)
  await load.runFor(300, calls)
  await calls.close()
  const exit = await last.gateway.stop()
  if (exit !== 0) violations.push(`the last gateway ended with ${exit}`)
  await last.gateway.close()
  const record = await checkRecord(world, ledger)
  return {
    kills,
    sent: load.sent,
    answered: ledger.answered,
    broken: load.outcomes.get('broken') ?? 0,
    outcomes: Object.fromEntries([...load.outcomes].sort()),
    auditLines: record.lines,
    torn: record.torn,
    violations: [...violations, ...load.violations, ...record.violations],
  }
}

const accounts = Array.from({ length: 40 }, (_, number) => `vendor-${number}`)

async function fillStore(world: World): Promise<void> {
  const store = await openStore(world)
  for (const upstream of accounts) {
    await store.put(upstream, {
      token: new Secret(`token-of-${upstream}`),
      origin: undefined,
      accountId: upstream,
      consentedAt: 1,
      consentedBy: { issuer: 'cluster', subject: 'platform' },
      deadSince: undefined,
    })
  }
}

function openStore({ folder, storeKeys }: World) {
  const byId = new Map(Object.entries(storeKeys).map(([kid, key]) => [kid, new Secret(key)]))
  return openAccountStore({ file: `${folder}/accounts.json`, keys: { byId, active: 'one' } })
}

let active: StoreKey = 'one'

/** Changes which key the store is written with, as an operator would, faster than any operator. */
function rewriteStore(world: World, gateway: number): void {
  active = active === 'one' ? 'two' : 'one'
  world.configure(active)
  process.kill(gateway, 'SIGHUP')
}

async function checkStore(world: World): Promise<string[]> {
  try {
    const store = await openStore(world)
    return accounts.flatMap((upstream) =>
      store.get(upstream)?.token.reveal() === `token-of-${upstream}`
        ? []
        : [`the account of ${upstream} is lost`],
    )
  } catch (error) {
    return [`the store does not open: ${String(error)}`]
  }
}
