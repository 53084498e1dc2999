import { assertCredential } from '../load/assert-credential.ts'
import { loadAtFixedRate } from '../load/fixed-rate.ts'
import { loadAtFullSpeed } from '../load/full-speed.ts'
import { assertSound, type LoadResult, type Traffic } from '../load/traffic.ts'
import { mostStolen, stolenSoFar } from '../machine/stolen.ts'
import { forgetPeak, usageOf } from '../machine/usage.ts'
import type { Server, Subject } from '../subjects/subject.ts'
import type { Contender, Plan, Sample } from './scenario.ts'
import type { TrafficSource } from './traffics.ts'

/** How a running subject is loaded and what is read off it. */
export type Reading = (server: Server, traffic: Traffic, plan: Plan) => Promise<Sample>

/** A subject that is started once, warmed up, and measured in each round. */
export function underLoad(
  subject: Subject,
  traffic: TrafficSource,
  read: Reading,
  label: string = subject.name,
): Contender {
  return {
    label,
    subject: subject.name,
    unavailable: () => subject.unavailable(),
    async prepare(stage, plan) {
      const requests = await traffic(stage)
      const server = await subject.start(stage)
      const take = () => read(server, requests, plan)
      try {
        await assertCredential(server.port, requests, subject.mints ? 'minted' : 'inbound')
        await warmUp(server, requests, plan)
        if (read === fixedRate) await practise(take, plan)
      } catch (error) {
        await server[Symbol.asyncDispose]()
        throw error
      }
      return {
        sample: () => (read === fixedRate ? undisturbed(take) : take()),
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      }
    },
  }
}

const mostTaken = 6

/**
 * Taken again, a few times, while a hypervisor gave more than a two-hundredth of the time to others: that says nothing about
 * the subject. It comes in bursts of a tenth of a second, and one of them is what a percentile of latency is made of.
 *
 * @returns the sample of which least was stolen
 */
async function undisturbed(take: () => Promise<Sample>): Promise<Sample> {
  let best: Sample & { readonly stolen: number } = { stolen: Infinity }
  for (let taken = 0; taken < mostTaken; taken += 1) {
    const [before, start] = [stolenSoFar(), performance.now()]
    const sample = await take()
    const stolen = mostStolen(before, stolenSoFar())
    if (stolen < best.stolen) best = { ...sample, stolen }
    if (stolen <= (performance.now() - start) / 200) break
  }
  return best
}

/** Requests after which compilers have nothing left to do, and loads of a warm-up at most. */
const warmUpRequests = 60_000
const warmUpLoads = 6

/** Until it is warm: a slow machine takes longer. Large bodies do not depend on compilers, and get one load. */
async function warmUp(server: Server, traffic: Traffic, { warmUpSeconds }: Plan): Promise<void> {
  let answered = 0
  for (let load = 0; load < warmUpLoads && answered < warmUpRequests; load += 1) {
    const result = await loadAtFullSpeed(server.port, traffic, warmUpSeconds)
    assertSound(result, traffic)
    answered += result.requests
    if (result.requests < 1_000) return
  }
}

/** At a rate below the highest, other code runs than at full speed, and compilers begin once more. */
async function practise(read: () => Promise<Sample>, { seconds, warmUpSeconds }: Plan): Promise<void> {
  for (let done = 0; done < 4 * warmUpSeconds; done += seconds) await read()
}

/** As fast as it goes: requests a second, and CPU time for each. */
export async function fullSpeed(server: Server, traffic: Traffic, { seconds }: Plan): Promise<Sample> {
  const { result, cpu } = await metered(server, () => loadAtFullSpeed(server.port, traffic, seconds))
  assertSound(result, traffic)
  return { rps: result.requests / result.seconds, cpu, perCpu: 1e6 / cpu, p50: result.p50, p99: result.p99 }
}

/** At a fixed rate that everyone can keep up with: latency. */
export async function fixedRate(server: Server, traffic: Traffic, { seconds }: Plan): Promise<Sample> {
  const rate = { perSecond: 2_000, seconds }
  const { result, cpu } = await metered(server, () => loadAtFixedRate(server.port, traffic, rate))
  assertSound(result, traffic)
  return { p50: result.p50, p99: result.p99, cpu }
}

/** Bodies of this many bytes: throughput, and how far memory grows above where it was. */
export function transfer(bytes: number): Reading {
  return async function read(server, traffic, { seconds }) {
    forgetPeak(server.pid)
    const before = usageOf(server.pid).residentBytes
    const { result, cpu } = await metered(server, () => loadAtFullSpeed(server.port, traffic, seconds))
    assertSound(result, traffic)
    const growth = (usageOf(server.pid).peakBytes - before) / 1e6
    return { mbps: (result.requests * bytes) / result.seconds / 1e6, cpu, growth }
  }
}

/** Minutes at full load: memory early and late. */
export async function memoryOverTime(server: Server, traffic: Traffic, plan: Plan): Promise<Sample> {
  const [early, late] = plan.memoryMinutes
  const residentAfter = async (minutes: number): Promise<number> => {
    assertSound(await loadAtFullSpeed(server.port, traffic, Math.round(minutes * 60)), traffic)
    return usageOf(server.pid).residentBytes / 1e6
  }
  return { early: await residentAfter(early), late: await residentAfter(late - early) }
}

async function metered(
  server: Server,
  load: () => Promise<LoadResult>,
): Promise<{ result: LoadResult; cpu: number }> {
  const before = usageOf(server.pid).cpuMicroseconds
  const result = await load()
  const used = usageOf(server.pid).cpuMicroseconds - before
  return { result, cpu: used / result.requests }
}
