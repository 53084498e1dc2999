import type { MissingFact } from './missing-facts.ts'
import type { Judgement, RecordJudge } from './record-judge.ts'
import { parseRecordedRequest, type RecordedRequest, type Unjudged } from './recorded-request.ts'

/** Recorded requests of one kind that a policy answers in the same other way. */
export interface ReplayGroup {
  readonly service: string
  readonly upstream: string
  readonly operation: string
  readonly before: RecordedRequest['verdict']
  readonly after: Judgement['verdict']
  /** With `unknown`: what the record would have to hold. */
  readonly missing: readonly MissingFact[]
  count: number
  /** The first of them. */
  readonly example: string
}

/** How many lines there were of which kind. */
export type ReplayCounts = Record<'lines' | 'judged' | 'same' | 'changed' | 'unknown' | Unjudged, number>

/** More kinds of difference than anyone reads; a record made to fill the memory does not. */
const maxGroups = 10_000

/** Counts what a policy would have said otherwise. Its memory does not grow with the record. */
export class ReplayTally {
  readonly counts: ReplayCounts = {
    lines: 0,
    judged: 0,
    same: 0,
    changed: 0,
    unknown: 0,
    torn: 0,
    other: 0,
    undecided: 0,
  }
  readonly #judge: RecordJudge
  readonly #groups = new Map<string, ReplayGroup>()

  constructor(judge: RecordJudge) {
    this.#judge = judge
  }

  /** @param text a line of the record; `undefined` for one that is too long to be one */
  readonly add = (text: string | undefined): void => {
    this.counts.lines++
    const request = text === undefined ? 'torn' : parseRecordedRequest(text)
    if (typeof request === 'string') {
      this.counts[request]++
      return
    }
    this.counts.judged++
    const judgement = this.#judge(request)
    if (judgement.verdict === request.verdict) {
      this.counts.same++
      return
    }
    this.counts[judgement.verdict === 'unknown' ? 'unknown' : 'changed']++
    this.#count(request, judgement)
  }

  /** Those that change, most first. */
  changed(): readonly ReplayGroup[] {
    return this.#sorted().filter(({ after }) => after !== 'unknown')
  }

  /** Those of which it cannot be told, most first. */
  unknown(): readonly ReplayGroup[] {
    return this.#sorted().filter(({ after }) => after === 'unknown')
  }

  #sorted(): readonly ReplayGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count)
  }

  #count(request: RecordedRequest, judgement: Judgement): void {
    const service = request.service ?? judgement.service ?? '(a stranger)'
    const upstream = judgement.upstream ?? request.upstream ?? '(none)'
    const operation = judgement.operation ?? request.operation ?? '(none)'
    const { verdict: before, requestId: example } = request
    const { verdict: after, missing } = judgement
    const key = JSON.stringify([service, upstream, operation, before, after, missing])
    const group = this.#groups.get(key)
    if (group) group.count++
    else if (this.#groups.size < maxGroups) {
      const names = { service, upstream, operation, before, after, missing }
      this.#groups.set(key, { ...names, count: 1, example })
    }
  }
}
