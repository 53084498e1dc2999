import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Secret } from '@countersign/auth-core'
import { type ChainHead, chainStart, checkLine } from './audit-chain.ts'

/** A place where the record is not what was written. */
export interface AuditFinding {
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  readonly message: string
}

/** What came of checking a record. */
export interface AuditVerdict {
  readonly lines: number
  /** Number of the first line: lines before it, if any, are in files that were not given. */
  readonly first: number
  readonly head: ChainHead
  readonly findings: readonly AuditFinding[]
  /** Half lines that a crash left and the gateway marked. Their requests were never answered. */
  readonly torn: number
}

/**
 * Checks that the files, given in any order, hold one unbroken chain: nothing changed, removed, inserted,
 * reordered.
 * What was cut off the end shows only against a head that was noted elsewhere: pass it as `expected`. The record may
 * have gone on since.
 *
 * Streams; a record of any length takes the same memory. Stops at the first break, since nothing after it
 * can be told from it.
 */
export async function verifyAudit(
  given: readonly string[],
  key: Secret,
  expected?: ChainHead,
): Promise<AuditVerdict> {
  const files = await inOrder(given)
  const walk = new ChainWalk(key, expected)
  for (const file of files) {
    walk.enter()
    for await (const text of createInterface({
      input: createReadStream(file),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      walk.step(text)
      if (walk.broken) return walk.verdict(file)
    }
    walk.leave()
    if (walk.broken) return walk.verdict(file)
  }
  const last = files.at(-1) ?? ''
  // A gateway that runs has gone on since the head was noted.
  if (expected && walk.head.seq < expected.seq) {
    walk.breakAt(`the record ends at line number ${walk.head.seq}, but ${expected.seq} had been written`)
  }
  return walk.verdict(last)
}

class ChainWalk {
  readonly #key: Secret
  readonly #expected: ChainHead | undefined
  head: ChainHead = chainStart
  #first = 1
  broken: string | undefined
  #lines = 0
  #lineInFile = 0
  #torn = 0
  #pendingTorn = false

  constructor(key: Secret, expected: ChainHead | undefined) {
    this.#key = key
    this.#expected = expected
  }

  enter(): void {
    this.#lineInFile = 0
  }

  step(text: string): void {
    this.#lines += 1
    this.#lineInFile += 1
    // The first file given may continue an older one that is no longer there: its first line says which.
    const after = this.#lines === 1 ? (claimedPredecessor(text) ?? this.head) : this.head
    if (this.#lines === 1) {
      this.#first = after.seq + 1
      this.#compare(after)
      if (this.broken) return
    }
    const checked = checkLine(text, after, this.#key)
    if (checked.state === 'sealed') {
      if (this.#pendingTorn && checked.line.kind !== 'recovered') this.broken = 'a line that is not sealed'
      if (this.#pendingTorn) this.#torn += 1
      this.#pendingTorn = false
      this.head = checked.head
      this.#compare(checked.head)
      return
    }
    if (checked.state === 'unsealed' && !this.#pendingTorn) {
      this.#pendingTorn = true
      return
    }
    this.broken =
      checked.state === 'broken'
        ? `this line does not follow number ${this.head.seq}: it, or lines before it, were changed, removed or moved`
        : 'a line that is not sealed'
  }

  /** What was noted has to be on the way: a chain that was begun anew, or written anew, does not lead there. */
  #compare(head: ChainHead): void {
    const expected = this.#expected
    if (!expected || head.seq < expected.seq) return
    if (head.seq === expected.seq && head.mac !== expected.mac)
      this.broken = `line number ${head.seq} is another one than the head that was noted`
    else if (this.#first > expected.seq + 1)
      this.broken = `the record begins at line number ${this.#first}, behind the head that was noted: give older files`
  }

  leave(): void {
    if (this.#pendingTorn) this.broken = 'a line that is not sealed, or was cut off'
  }

  breakAt(message: string): void {
    this.broken = message
  }

  verdict(file: string): AuditVerdict {
    const findings = this.broken === undefined ? [] : [{ file, line: this.#lineInFile, message: this.broken }]
    return { lines: this.#lines, first: this.#first, head: this.head, findings, torn: this.#torn }
  }
}

const numbering = /"seq":(\d+),"mac":"[0-9a-f]{64}"\}$/

function claimedPredecessor(text: string): ChainHead | undefined {
  const [, after] = /"after":"([0-9a-f]{64})"/.exec(text) ?? []
  const [, seq] = numbering.exec(text) ?? []
  return after === undefined || seq === undefined ? undefined : { seq: Number(seq) - 1, mac: after }
}

/** By the number of the first numbered line of each; one without comes last, and will be found broken. */
async function inOrder(files: readonly string[]): Promise<string[]> {
  const numbered = await Promise.all(files.map(async (file) => ({ file, first: await firstNumber(file) })))
  return numbered.sort((a, b) => a.first - b.first).map(({ file }) => file)
}

async function firstNumber(file: string): Promise<number> {
  const input = createReadStream(file)
  try {
    for await (const text of createInterface({ input })) {
      const [, seq] = numbering.exec(text) ?? []
      if (seq !== undefined) return Number(seq)
    }
    return Number.MAX_SAFE_INTEGER
  } finally {
    input.destroy()
  }
}
