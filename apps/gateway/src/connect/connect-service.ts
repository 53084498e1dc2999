import type { Clock } from '@countersign/auth-core'
import type { AuditLog } from '../record/audit-log.ts'
import type { AccountStore } from '../store/account-store.ts'
import type { ConsentTarget } from './consent-target.ts'
import type { Consent, Consents } from './consents.ts'

/** What the pages of a consent work with. */
export interface ConnectService {
  readonly consents: Consents
  /** The upstreams of the configuration in force. */
  readonly targets: () => ReadonlyMap<string, ConsentTarget>
  readonly accounts: AccountStore
  readonly audit: AuditLog
  readonly clock: Clock
}

/** Puts a step of a consent on record. @throws {Fault} `audit.unavailable` */
export function recordConsent(
  { audit, clock }: ConnectService,
  { id, upstream, operator }: Consent,
  outcome: { readonly step: 'begun' | 'asked' | 'answered' | 'done' | 'failed'; readonly detail?: string },
): void {
  audit.write({
    kind: 'connect',
    time: new Date(clock.now()).toISOString(),
    consent: id,
    upstream,
    issuer: operator.issuer,
    subject: operator.subject,
    ...outcome,
  })
}
