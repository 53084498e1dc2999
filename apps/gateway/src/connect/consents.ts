import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import type { Clock, Identity } from '@countersign/auth-core'

/** How far a consent has come. */
export type ConsentState = 'waiting' | 'asked' | 'done' | 'failed'

/** A consent under way, or how it ended. */
export interface Consent {
  /** For whoever waits for it; worth nothing to anyone else. */
  readonly id: string
  readonly upstream: string
  readonly operator: Identity
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
  state: ConsentState
  /** Of the upstream's API when the administrator was asked. */
  askedAt: string | undefined
  /** How it ended, in words. */
  says: string
}

/** What a browser carries from the start link to the callback. */
export interface Binding {
  /** Goes through the upstream and comes back. */
  readonly state: string
  /** Stays in the browser, as a cookie. */
  readonly cookie: string
}

const lifeMs = 10 * 60_000
/** Only operators begin one; the oldest goes. */
const capacity = 100

/**
 * The consents of this process, for ten minutes each. The start link is good for one browser and one time; the
 * answer that comes back has to come to that same browser, so that nobody can slip an account of their own
 * under an operator's consent, or finish it elsewhere.
 */
export class Consents {
  readonly #clock: Clock
  readonly #byId = new Map<string, Consent>()
  /** By SHA-256: looking one up tells nothing about those that are there. */
  readonly #tickets = new Map<string, Consent>()
  readonly #states = new Map<string, { consent: Consent; cookie: string }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Begins a consent; the ticket belongs into the start link. */
  begin(upstream: string, operator: Identity): { consent: Consent; ticket: string } {
    this.#makeRoom()
    const ticket = secret()
    const consent: Consent = {
      id: randomUUID(),
      upstream,
      operator,
      expiresAt: this.#clock.now() + lifeMs,
      state: 'waiting',
      askedAt: undefined,
      says: 'The link has not been opened yet.',
    }
    this.#byId.set(consent.id, consent)
    this.#tickets.set(digest(ticket), consent)
    return { consent, ticket }
  }

  /** Takes a start link, once, and ties it to the browser that opened it. */
  redeem(
    { upstream, origin }: { readonly upstream: string; readonly origin: string },
    ticket: string,
  ): { consent: Consent; binding: Binding } | undefined {
    const consent = take(this.#tickets, ticket)
    if (!consent || consent.upstream !== upstream || this.#isOver(consent)) return undefined
    const binding = { state: secret(), cookie: secret() }
    this.#states.set(digest(binding.state), { consent, cookie: digest(binding.cookie) })
    consent.state = 'asked'
    consent.askedAt = origin
    consent.says = 'The administrator is asked.'
    return { consent, binding }
  }

  /** Takes the answer to a state, once, from the browser that was asked. */
  answer(upstream: string, state: string, cookie: string): Consent | undefined {
    const asked = this.#states.get(digest(state))
    if (!asked || asked.consent.upstream !== upstream || this.#isOver(asked.consent)) return undefined
    // Another browser's attempt uses nothing up: the right one may still come.
    if (!timingSafeEqual(Buffer.from(asked.cookie), Buffer.from(digest(cookie)))) return undefined
    this.#states.delete(digest(state))
    return asked.consent
  }

  /** A consent by its id, also when it has ended; `undefined` when it is unknown or forgotten. */
  get(id: string): Consent | undefined {
    const consent = this.#byId.get(id)
    if (consent && (consent.state === 'waiting' || consent.state === 'asked') && this.#isOver(consent)) {
      consent.state = 'failed'
      consent.says = 'Ten minutes went by without an answer.'
    }
    return consent
  }

  #isOver({ expiresAt }: Consent): boolean {
    return this.#clock.now() >= expiresAt
  }

  #makeRoom(): void {
    for (const [id, consent] of this.#byId) {
      if (this.#byId.size < capacity && !this.#isOver(consent)) return
      this.#byId.delete(id)
      for (const [key, other] of this.#tickets) if (other === consent) this.#tickets.delete(key)
      for (const [key, other] of this.#states) if (other.consent === consent) this.#states.delete(key)
    }
  }
}

function take<T>(from: Map<string, T>, key: string): T | undefined {
  const found = from.get(digest(key))
  from.delete(digest(key))
  return found
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
