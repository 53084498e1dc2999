import { releaseOperation } from '@countersign/auth-core'
import type { RecordJudge } from './record-judge.ts'
import { parseRecordedRequest, type Unjudged } from './recorded-request.ts'

/**
 * Counts which rule was used for which operation. Where it cannot be told which of several rules allowed a
 * request, each of them counts as used. Its memory grows with the policy, not with the record.
 */
export class GrantUsage {
  /** `allowed`: then, and by this policy; `unmatched`: then, and not by this policy. */
  readonly counts: Record<'lines' | 'allowed' | 'unmatched' | 'older' | Unjudged, number> = {
    lines: 0,
    allowed: 0,
    unmatched: 0,
    older: 0,
    torn: 0,
    other: 0,
    undecided: 0,
  }
  /** Time of the first and the last request that was looked at. */
  period: { readonly from: string; readonly to: string } | undefined
  readonly #judge: RecordJudge
  /** As in the record; what is older is left out. */
  readonly #since: string
  /** Names of operations by the rule's label. */
  readonly #used = new Map<string, Set<string>>()

  constructor(judge: RecordJudge, since: Date | undefined) {
    this.#judge = judge
    this.#since = since?.toISOString() ?? ''
  }

  /** @param text a line of the record; `undefined` for one that is too long to be one */
  readonly add = (text: string | undefined): void => {
    this.counts.lines++
    const request = text === undefined ? 'torn' : parseRecordedRequest(text)
    if (typeof request === 'string') {
      this.counts[request]++
      return
    }
    if (request.time < this.#since) {
      this.counts.older++
      return
    }
    this.#extendPeriod(request.time)
    if (request.verdict !== 'allow') return
    const { operation, rules } = this.#judge(request)
    this.counts[rules.length > 0 ? 'allowed' : 'unmatched']++
    if (operation !== undefined) for (const rule of rules) this.#note(rule, operation)
  }

  /** @param rule its label */
  isUsed(rule: string, operation: string): boolean {
    const used = this.#used.get(rule)
    // What a token was used for that left, nobody saw: it may have been any operation of its rule.
    return used !== undefined && (used.has(operation) || used.has(releaseOperation.name))
  }

  #note(rule: string, operation: string): void {
    const operations = this.#used.get(rule)
    if (operations) operations.add(operation)
    else this.#used.set(rule, new Set([operation]))
  }

  #extendPeriod(time: string): void {
    const { from, to } = this.period ?? { from: time, to: time }
    if (this.period && time >= from && time <= to) return
    this.period = { from: time < from ? time : from, to: time > to ? time : to }
  }
}
