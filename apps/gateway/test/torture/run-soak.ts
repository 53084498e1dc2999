import { setTimeout as sleep } from 'node:timers/promises'
import { createCalendar } from './calendar.ts'
import { createCalls } from './calls.ts'
import { checkRecord } from './check-record.ts'
import { createCredentials } from './credentials.ts'
import { startHeartbeat } from './heartbeat.ts'
import { createLedger } from './ledger.ts'
import { createLoad } from './load.ts'
import { createRandom } from './random.ts'
import { makeTrouble } from './trouble.ts'
import { readUsage, type Usage } from './usage.ts'
import { createWorld, upstreamNames } from './world.ts'

/** How long, how hard, and which sequence of requests and faults. */
export interface SoakOptions {
  readonly minutes: number
  /** Requests a second. */
  readonly rate: number
  readonly seed: number
  /** Told a line now and then. */
  readonly say: (line: string) => void
}

/** What came of a soak. */
export interface SoakReport {
  readonly sent: number
  readonly answered: number
  readonly outcomes: Readonly<Record<string, number>>
  readonly troubles: Readonly<Record<string, number>>
  readonly usage: readonly (Usage & { readonly minute: number })[]
  readonly auditLines: number
  readonly auditFiles: number
  /** Times at which the upstreams themselves were slow, since the machine was busy with other things. */
  readonly missedBeats: number
  /** Failures of calls that are allowed which nothing but that excuses. */
  readonly excusedByMachine: number
  readonly exit: number | string
  /** What was not as it must be; empty when all was. */
  readonly violations: readonly string[]
}

/**
 * Mixed load with faults at every dependency. Every answer is judged, and afterwards compared with the record and
 * with what the upstreams saw.
 */
export async function runSoak({ minutes, rate, seed, say }: SoakOptions): Promise<SoakReport> {
  await using world = await createWorld()
  const calendar = createCalendar()
  const ledger = createLedger()
  const load = createLoad({ run: `soak-${seed}`, random: createRandom(seed), calendar, ledger, rate, say })
  for (const name of upstreamNames) world.suppliers[name].upstream.refuseOneIn(300)
  const { gateway, port, admin } = await world.start()
  const heartbeat = startHeartbeat(calendar, admin)
  const calls = createCalls(port, await createCredentials(world.issuer))
  const usage: SoakReport['usage'][number][] = []
  const sample = async (minute: number) => {
    usage.push({ minute, ...(await readUsage(admin)) })
    say(
      `${minute.toFixed(1)} min: ${load.sent} sent, ${load.violations.length} wrong, ${usage.at(-1)?.residentMiB} MiB`,
    )
  }

  await load.runFor(5_000, calls)
  await sample(0)
  const troubles = makeTrouble(world, createRandom(seed + 1), calendar)
  const pieces = Math.max(1, Math.round(minutes * 2))
  for (let piece = 1; piece <= pieces; piece += 1) {
    await load.runFor((minutes / pieces) * 60_000, calls)
    await sample((minutes / pieces) * piece)
  }
  await troubles.stop()
  heartbeat.stop()
  await calls.close()
  await sleep(1_500)
  const exit = await gateway.stop()
  const record = await checkRecord(world, ledger)
  await gateway.close()
  return {
    sent: load.sent,
    answered: ledger.answered,
    outcomes: Object.fromEntries([...load.outcomes].sort()),
    troubles: Object.fromEntries([...troubles.counts].sort()),
    usage,
    auditLines: record.lines,
    auditFiles: record.files,
    missedBeats: heartbeat.missed,
    excusedByMachine: load.excusedByMachine,
    exit,
    violations: [...load.violations, ...record.violations, ...complaints(gateway.stderr())],
  }
}

/** Defects that the gateway has noticed itself. */
function complaints(stderr: string): string[] {
  return stderr.split('\n').filter((line) => /a defect of the gateway|unhandled|uncaught/i.test(line))
}
