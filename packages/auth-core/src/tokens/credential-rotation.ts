import { BackOff } from '../back-off.ts'
import type { Clock } from '../clock.ts'
import type { Fault } from '../fault.ts'
import type { Credential } from './credential.ts'

/**
 * The credentials of one upstream while one takes the place of another. A new one serves from its first token
 * on and not before; the one that it replaced is kept as fall-back until the next change, and forgotten early
 * once it is refused while the new one works.
 */
export class CredentialRotation {
  readonly #clock: Clock
  readonly #backOff = new BackOff(1)
  #newest: Credential
  #older: Credential | undefined
  #serving: Credential
  #isProven = false

  constructor(first: Credential, clock: Clock) {
    this.#clock = clock
    this.#newest = first
    this.#serving = first
  }

  /** Whose tokens are handed out. */
  get serving(): Credential {
    return this.#serving
  }

  /** The newest does not serve, and may be tried now. */
  get isTrialDue(): boolean {
    return this.#serving !== this.#newest && !this.#isBackingOff()
  }

  /** The newest has never had a token, and may be tried now: a reason to ask for what failed before it came. */
  get isUntried(): boolean {
    return this.isTrialDue && !this.#isProven
  }

  /** The configuration's credential of the moment; the same one by version changes nothing. */
  offer(credential: Credential): void {
    if (credential === this.#newest || credential.version === this.#newest.version) return
    const isWayBack = credential.version === this.#older?.version
    const next = isWayBack && this.#older ? this.#older : credential
    this.#older = isWayBack ? this.#newest : this.#serving
    this.#newest = next
    this.#isProven = isWayBack && this.#serving === next
    this.#backOff.forget('')
  }

  /** Whom to ask as, in this order, until one is not refused. */
  candidates(): readonly Credential[] {
    if (this.#older === undefined) return [this.#newest]
    return this.#serving !== this.#newest && this.#isBackingOff()
      ? [this.#older, this.#newest]
      : [this.#newest, this.#older]
  }

  /**
   * This one got a token. The newest serves from now on; the one before it only where the newest has just failed:
   * an answer that was overtaken by a change does not undo it.
   *
   * @returns what that changes, if anything
   */
  worked(credential: Credential): 'adopted' | 'fallback' | undefined {
    const isOther = this.#serving !== credential
    if (credential === this.#newest) {
      this.#serving = credential
      this.#isProven = true
      this.#backOff.forget('')
      return isOther ? 'adopted' : undefined
    }
    if (!isOther || credential !== this.#older || !this.#isBackingOff()) return undefined
    this.#serving = credential
    return 'fallback'
  }

  /**
   * This one failed. The newest is left alone for a while, 1 s doubling to 30 s.
   *
   * @returns whether it is the newest, with another one to serve in its place
   */
  failed(credential: Credential, fault: Fault): boolean {
    if (credential === this.#newest) {
      this.#backOff.remember('', fault, this.#clock.now())
      return this.#older !== undefined
    }
    const isOutlived = this.#isProven && this.#serving === this.#newest
    if (isOutlived && credential === this.#older) this.#older = undefined
    return false
  }

  /** Whether a failure of this one may be its own fault even when nobody refused it: it has never worked. */
  isUnproven(credential: Credential): boolean {
    return credential === this.#newest && !this.#isProven
  }

  #isBackingOff(): boolean {
    return this.#backOff.holds('', this.#clock.now())
  }
}
