import type { Clock } from '@countersign/auth-core'
import type { AuditLog } from '../record/audit-log.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { AccountStore } from '../store/account-store.ts'
import type { ConnectService } from './connect-service.ts'
import { Consents } from './consents.ts'

const systemClock: Clock = { now: () => Date.now() }

/** One for a process: a consent that was begun goes on through a reload. */
export function createConnectService(parts: {
  readonly runtime: Runtime
  readonly accounts: AccountStore
  readonly audit: AuditLog
}): ConnectService {
  const { runtime, accounts, audit } = parts
  const consents = new Consents(systemClock)
  return { consents, targets: () => runtime.consentTargets(), accounts, audit, clock: systemClock }
}
