import { randomBytes } from 'node:crypto'

/**
 * How this Faable Auth tenant behaves. What is marked *assumed* has no public source, or two that contradict
 * each other, and must not be relied on by a client.
 */
export interface FaableOptions {
  /** 0 (default): a free one. */
  readonly port?: number
  /** Hosts that name this tenant besides the address it listens at. Default `acme.auth.faable.link`. */
  readonly domains?: readonly string[]
  /** Opaque; prefix assumed. Default `acc_sandbox`. */
  readonly accountId?: string
  /** Default: generated. */
  readonly clientId?: string
  /** Default: generated. */
  readonly clientSecret?: string
  /** Life of a management token. Default 86400. */
  readonly tokenLifetimeSeconds?: number
  /** Member of the discovery document that holds the management audience (name assumed); `null`: none does. */
  readonly managementAudienceKey?: string | null
  /** The claim `permissions`: two pages of the vendor say two things. Default `string`. */
  readonly permissionsClaim?: 'string' | 'array' | 'none'
  /** Whether scopes that do not exist are dropped (without a word). Otherwise they are granted. Default true. */
  readonly enforcePolicies?: boolean
  /** Whether a token for another audience is refused; the vendor seems to have only warned. Default true. */
  readonly enforceAudience?: boolean
  /** Whether a call needs its scope; the vendor seems to have only warned. Default true. */
  readonly enforceScopes?: boolean
  /** Status of `aud_mismatch`. Default 403 (assumed; 401 is as likely). */
  readonly audMismatchStatus?: 401 | 403
  /** Answer to a client that does not exist. Default 404 `client_not_found`; 400 is `invalid_client`. */
  readonly unknownClientStatus?: 400 | 401 | 404
  /** Parameter that carries the cursor. The vendor's own code has both. Default `both`. */
  readonly cursorParam?: 'cursor' | 'next' | 'both'
  /** Token requests of one client within a time; `null`: no limit. Default 10 in 10 s (assumed). */
  readonly tokenRequestLimit?: { readonly requests: number; readonly seconds: number } | null
  /** Machine tokens that the plan still pays for; then 402. Default `null`: any number. */
  readonly m2mQuota?: number | null
  /** Webhooks are not part of the plan `free`. Default `pro`. */
  readonly plan?: 'free' | 'pro'
  /** Success of a create. Default 201 (assumed). */
  readonly createStatus?: 200 | 201
  /** Success of a delete. Default 200 with `{}` (assumed). */
  readonly deleteStatus?: 200 | 204
  /** How long a webhook's receiver may take. Default 5000. */
  readonly webhookTimeoutMs?: number
  /** The time by which tokens are made and judged. Default: the system clock. */
  readonly clock?: { now(): number }
}

/** Every option with its value. */
export type FaableSettings = Required<FaableOptions>

/** Fills in the defaults, a fresh client id and secret among them. */
export function faableSettings(options: FaableOptions): FaableSettings {
  return {
    port: 0,
    domains: ['acme.auth.faable.link'],
    accountId: 'acc_sandbox',
    clientId: `client_${randomBytes(10).toString('hex')}`,
    clientSecret: randomBytes(32).toString('base64url'),
    tokenLifetimeSeconds: 86_400,
    managementAudienceKey: 'management_audience',
    permissionsClaim: 'string',
    enforcePolicies: true,
    enforceAudience: true,
    enforceScopes: true,
    audMismatchStatus: 403,
    unknownClientStatus: 404,
    cursorParam: 'both',
    tokenRequestLimit: { requests: 10, seconds: 10 },
    m2mQuota: null,
    plan: 'pro',
    createStatus: 201,
    deleteStatus: 200,
    webhookTimeoutMs: 5000,
    clock: Date,
    ...options,
  }
}
