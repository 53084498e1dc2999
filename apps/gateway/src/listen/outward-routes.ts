import type { Router } from 'express'
import type { PublicConfig } from '../config/loaded-config.ts'
import { connectAdminRoutes } from '../connect/admin-routes.ts'
import { createConnectService } from '../connect/create-connect-service.ts'
import { connectPublicRoutes } from '../connect/public-routes.ts'
import type { AuditLog } from '../record/audit-log.ts'
import type { Metrics } from '../record/metrics.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { AccountStore } from '../store/account-store.ts'
import { createAssertionSigner } from '../webhook/assertion-signer.ts'
import { webhookRoutes } from '../webhook/webhook-routes.ts'

/** What consents and webhooks are served with. */
export interface OutwardParts {
  readonly runtime: Runtime
  readonly audit: AuditLog
  readonly metrics: Metrics
  /** Where consented accounts are kept; without it there are no consents. */
  readonly accounts: AccountStore | undefined
  /** The public listener; without it there are neither consents nor webhooks. */
  readonly open: PublicConfig | undefined
}

/** Routes by the listener that they belong to. */
export interface OutwardRoutes {
  readonly admin: readonly Router[]
  readonly public: readonly Router[]
}

/** Consents, webhooks and the key set: made once for a process, they follow the configuration in force. */
export async function outwardRoutes(parts: OutwardParts): Promise<OutwardRoutes> {
  const { runtime, audit, metrics, accounts, open } = parts
  if (open === undefined) return { admin: [], public: [] }
  const signer = await createAssertionSigner({ issuer: open.url, key: open.signingKey })
  const hooks = webhookRoutes({
    targets: runtime.webhookTargets,
    signer,
    audit,
    onHandshake: (upstream) => metrics.webhookHandshakes.inc({ upstream }),
  })
  if (accounts === undefined) return { admin: [], public: [hooks] }
  const connect = createConnectService({ runtime, accounts, audit })
  return {
    admin: [connectAdminRoutes(connect, runtime.operator)],
    public: [connectPublicRoutes(connect), hooks],
  }
}
