import { lstatSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  answersInstead,
  type ConnectionFault,
  cutsOffAfter,
  delays,
  drips,
  type FaultProxy,
  resetsAfter,
  resetsAtOnce,
  swallows,
  takesNothing,
} from '@countersign/testkit'
import type { Calendar, Dependency } from './calendar.ts'
import type { Random } from './random.ts'
import { upstreamNames, type World } from './world.ts'

/** What can be done to a connection, by name. */
const faults: Readonly<Record<string, ConnectionFault>> = {
  'answers 300 ms late': delays(300),
  'answers too late': delays(8_000),
  'a byte every 100 ms': drips(100),
  silence: swallows(),
  'takes nothing': takesNothing(),
  'a reset at once': resetsAtOnce(),
  'a reset in place of an answer': resetsAfter(0),
  'a reset within the answer': resetsAfter(40),
  'half an answer': cutsOffAfter(60),
  garbage: answersInstead('no HTTP at all\r\n\r\n'),
  '500': answersInstead('HTTP/1.1 500 X\r\nContent-Length: 5\r\nConnection: close\r\n\r\nfault'),
}

/** One thing that goes wrong, and how it ends. */
interface Trouble {
  readonly dependency: Dependency
  readonly name: string
  begin(): void | Promise<void>
  end(): void | Promise<void>
}

/** Everything that can go wrong in this world. */
function troublesOf({ suppliers, keys, folder }: World): Trouble[] {
  const connections: (readonly [Dependency, FaultProxy])[] = [['keys', keys]]
  for (const name of upstreamNames) {
    connections.push([`api ${name}`, suppliers[name].api], [`token ${name}`, suppliers[name].tokenApi])
  }
  const onTheWay = connections.flatMap(([dependency, proxy]): Trouble[] => [
    ...Object.entries(faults).map(([name, fault]) => ({
      dependency,
      name,
      begin: () => proxy.always(fault),
      end: () => proxy.recover(),
    })),
    { dependency, name: 'refused', begin: () => proxy.refuse(), end: () => proxy.listen() },
  ])
  return [...onTheWay, fullDisk(folder), rotation(folder)]
}

/** The record goes where every write fails for lack of space; then to a new file beside what it had. */
function fullDisk(folder: string): Trouble {
  const file = join(folder, 'audit.jsonl')
  return {
    dependency: 'audit',
    name: 'no space',
    begin: () => putFullDisk(file),
    end() {
      if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(file)
    },
  }
}

function putFullDisk(file: string): void {
  for (let tries = 0; ; tries += 1) {
    renameSync(file, anotherName(file))
    try {
      symlinkSync('/dev/full', file)
      return
    } catch (error) {
      // The gateway was quicker and has begun a new file already.
      if (tries === 100 || (error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** The record's file is renamed under load: nothing may be felt of that but a new file. */
function rotation(folder: string): Trouble {
  const file = join(folder, 'audit.jsonl')
  return {
    dependency: 'keys',
    name: 'record renamed',
    begin: () => renameSync(file, anotherName(file)),
    end() {},
  }
}

let moved = 0

/** None of those that the gateway gives: it rotates as well, and might take the same one. */
function anotherName(file: string): string {
  moved += 1
  return `${file}.moved-${moved}`
}

/** Lets one thing after the other go wrong until it is stopped. */
export interface Troubles {
  /** How often, by dependency and name. */
  readonly counts: ReadonlyMap<string, number>
  /** Ends what is going on and begins nothing more. */
  stop(): Promise<void>
}

/** Begins to make trouble: for 2 to 5 seconds each, with as much peace between. */
export function makeTrouble(world: World, random: Random, calendar: Calendar): Troubles {
  const all = troublesOf(world)
  const counts = new Map<string, number>()
  const stopping = new AbortController()
  const pause = () =>
    sleep(2_000 + random.below(3_000), undefined, { signal: stopping.signal }).catch(() => {})

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const trouble = random.pick(all)
      const name = `${trouble.dependency}: ${trouble.name}`
      counts.set(name, (counts.get(name) ?? 0) + 1)
      const end = calendar.begin(trouble.dependency)
      await trouble.begin()
      await pause()
      await trouble.end()
      end()
      await pause()
    }
  }
  const done = run()
  return {
    counts,
    async stop() {
      stopping.abort()
      await done
    },
  }
}
