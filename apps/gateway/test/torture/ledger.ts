import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Outcome } from './calls.ts'
import type { Planned } from './traffic.ts'

/** What callers know of their requests, to be compared with what is on record. */
export interface Ledger {
  readonly answered: number
  note(planned: Planned, outcome: Outcome): void
  /**
   * Compares with the record, and with what upstreams saw of requests that may change something.
   *
   * @returns what does not fit, nothing when all does
   */
  compare(files: readonly string[], changes: readonly ReadonlyMap<string, number>[]): Promise<string[]>
}

interface Known {
  readonly subject: string
  /** `undefined` when nobody got an answer, or one that says that it is not on record. */
  readonly status: number | undefined
}

interface Recorded {
  opened: number
  closed: number
  status: number | undefined
  subject: string | undefined
}

/** An empty ledger. */
export function createLedger(): Ledger {
  const known = new Map<string, Known>()
  let answered = 0
  return {
    get answered() {
      return answered
    },
    note({ id, subject }, outcome) {
      const isOnRecord = outcome.kind === 'answer' && outcome.body.code !== 'audit.unavailable'
      if (isOnRecord) answered += 1
      known.set(id, { subject, status: isOnRecord ? outcome.status : undefined })
    },
    async compare(files, changes) {
      const recorded = await read(files)
      return [
        ...[...known].flatMap(([id, facts]) => differences(id, facts, recorded.get(id)) ?? []),
        ...[...recorded.keys()]
          .filter((id) => !known.has(id))
          .map((id) => `${id} is on record, but nobody's`),
        ...changes.flatMap((seen) => [...seen].flatMap(([id, times]) => unopened(id, times, recorded) ?? [])),
      ]
    },
  }
}

function differences(id: string, known: Known, recorded: Recorded | undefined): string | undefined {
  const closed = recorded?.closed ?? 0
  if (closed > 1) return `${id} was closed ${closed} times`
  if (recorded?.subject !== undefined && recorded.subject !== known.subject) {
    return `${id} of ${known.subject} is on record as ${recorded.subject}'s`
  }
  if (known.status === undefined) return undefined
  if (closed === 0) return `${id} was answered with ${known.status} and is not on record`
  if (recorded?.status === known.status) return undefined
  return `${id} was answered with ${known.status}, on record is ${recorded?.status}`
}

function unopened(id: string, times: number, recorded: ReadonlyMap<string, Recorded>): string | undefined {
  if (times > 1) return `${id} reached its upstream ${times} times`
  return recorded.get(id)?.opened === 1 ? undefined : `${id} reached its upstream without being on record`
}

async function read(files: readonly string[]): Promise<Map<string, Recorded>> {
  const recorded = new Map<string, Recorded>()
  for (const file of files) {
    for await (const text of createInterface({ input: createReadStream(file) })) {
      const line = parsed(text)
      const id = line?.request_id
      if (line === undefined || typeof id !== 'string') continue
      const known = recorded.get(id) ?? { opened: 0, closed: 0, status: undefined, subject: undefined }
      recorded.set(id, known)
      if (typeof line.subject === 'string') known.subject = line.subject
      if (line.kind === 'open') known.opened += 1
      if (line.kind !== 'close') continue
      known.closed += 1
      known.status = line.status as number
    }
  }
  return recorded
}

/** `undefined` for half a line. */
function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
