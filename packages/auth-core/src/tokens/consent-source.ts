import type { Clock } from '../clock.ts'
import { Fault } from '../fault.ts'
import type { ConsentedAccount } from './consented-account.ts'
import type { ObservableTokenSource } from './create-token-source.ts'
import { createUpstreamToken } from './create-upstream-token.ts'
import type { Minted } from './upstream-token.ts'

/** What {@link createConsentSource} works with. */
export interface ConsentSourceOptions {
  /** The upstream's name in the configuration. */
  readonly upstream: string
  /** Of its API at present: an account that was consented to at another one is not used. */
  readonly origin: string
  /** What is kept for the upstream at the moment; the same object as long as nothing changes. */
  readonly account: () => ConsentedAccount | undefined
  /** Keeps that the account's token is dead. Must not throw. */
  readonly bury: (account: ConsentedAccount) => void
  readonly clock: Clock
}

interface Held {
  readonly account: ConsentedAccount
  readonly minted: Minted | Promise<Minted>
}

/**
 * A token source for an upstream whose token came of an administrator's consent. It asks nobody and renews
 * nothing: there is the token that was kept, or none, and then a person has to act.
 *
 * @throws {Fault} from `mint` and `replace`: `mint.refused` while consent is needed; from `replace` also
 * `mint.rejected-by-upstream`, for a refusal that may pass
 */
export function createConsentSource(options: ConsentSourceOptions): ObservableTokenSource {
  const { upstream, origin, clock } = options
  const startedAt = clock.now()
  let held: Held | undefined

  function usable(): ConsentedAccount | undefined {
    const account = options.account()
    return account?.deadSince === undefined && account?.origin === origin ? account : undefined
  }
  function mint(): Minted | Promise<Minted> {
    const account = usable()
    if (account === undefined) throw consentNeeded(upstream, options.account())
    if (held?.account === account) return held.minted
    const next: { account: ConsentedAccount; minted: Minted | Promise<Minted> } = {
      account,
      minted: tokenOf(account).then((ready) => {
        next.minted = ready
        return ready
      }),
    }
    held = next
    return next.minted
  }

  return {
    mint,
    async replace(_grant, rejected, reason) {
      // Of this moment, like the token: another consent may come while it is waited for.
      const account = usable()
      const present = await mint()
      if (present.token.value.reveal() !== rejected.value.reveal()) return present
      if (reason === 'dead' && account !== undefined) {
        options.bury(account)
        throw dead(upstream)
      }
      const detail = 'the upstream refuses the token of the consented account; there is no other one'
      throw new Fault('mint.rejected-by-upstream', { detail })
    },
    accepted: () => {},
    status() {
      const account = usable()
      if (account !== undefined) return { state: 'ok', since: account.consentedAt }
      const { deadSince, origin: givenAt } = options.account() ?? {}
      if (deadSince !== undefined) return { state: 'needs-consent', since: deadSince }
      return { state: 'needs-consent', since: startedAt, givenAt }
    },
    soonestExpiry: () => undefined,
  }
}

async function tokenOf({ token, consentedAt }: ConsentedAccount): Promise<Minted> {
  const upstreamToken = await createUpstreamToken({
    value: token.reveal(),
    obtainedAt: consentedAt,
    expiresAt: Number.POSITIVE_INFINITY,
    grantedScopes: undefined,
  })
  return { token: upstreamToken, source: 'cache' }
}

function consentNeeded(upstream: string, account: ConsentedAccount | undefined): Fault {
  if (account === undefined) {
    return new Fault('mint.refused', {
      says: `Nobody has consented for ${upstream} yet; an operator has to run: countersign connect ${upstream}`,
      detail: 'consent is needed',
    })
  }
  if (account.deadSince !== undefined) return dead(upstream)
  return new Fault('mint.refused', {
    says: `The consent for ${upstream} was given at another address than it has now; an operator has to run: countersign connect ${upstream}`,
    detail: `consent is needed again: the token is for ${account.origin ?? 'an address that was not kept'}`,
  })
}

function dead(upstream: string): Fault {
  return new Fault('mint.refused', {
    says: `The consent for ${upstream} is no longer valid; an operator has to run: countersign connect ${upstream}`,
    detail: 'consent is needed again: the token is dead',
  })
}
