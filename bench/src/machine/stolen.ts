import { readFileSync } from 'node:fs'

/** For each core, how long others ran while it had work to do: milliseconds since the machine started. */
export type Stolen = readonly number[]

const msPerTick = 10

/** What a hypervisor has given to others, from `/proc/stat`; empty where nobody counts it. */
export function stolenSoFar(): Stolen {
  try {
    return parseStolen(readFileSync('/proc/stat', 'utf8'))
  } catch {
    return []
  }
}

/** Reads the field `steal` of each core (proc(5): the eighth behind the name), in hundredths of a second. */
export function parseStolen(stat: string): Stolen {
  const cores = stat.split('\n').filter((line) => /^cpu\d/.test(line))
  return cores.map((line) => Number(line.split(/\s+/)[8] ?? 0) * msPerTick)
}

/** The most that any core has lost between the two, in milliseconds. */
export function mostStolen(before: Stolen, after: Stolen): number {
  return Math.max(0, ...after.map((ms, core) => ms - (before[core] ?? ms)))
}
