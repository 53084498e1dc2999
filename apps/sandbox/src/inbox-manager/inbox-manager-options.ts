import { randomBytes } from 'node:crypto'

/**
 * How this Inbox Manager behaves. The vendor documents requests well and answers hardly at all: what is
 * marked *assumed* has no public source and must not be relied on by a client.
 */
export interface InboxManagerOptions {
  /** Port of the token endpoint's host, `auth.inbox-manager.com` in the real world. 0 (default): a free one. */
  readonly authPort?: number
  /** Port of the admin API's host, `api.inbox-manager.com` in the real world. 0 (default): a free one. */
  readonly apiPort?: number
  /** Printable ASCII. Default: generated. */
  readonly clientId?: string
  /** Any text. Default: generated. */
  readonly clientSecret?: string
  /** The one audience, compared exactly. Default `https://api.inbox-manager.com`. */
  readonly audience?: string
  /** Default 3600 (assumed). */
  readonly tokenLifetimeSeconds?: number
  /** Whether the token answer names its lifetime. Default true (assumed). */
  readonly sendsExpiresIn?: boolean
  /** Answer to a token request that is not JSON. Default 415 (assumed; 400 is as likely). */
  readonly notJsonStatus?: 400 | 415
  /**
   * Where child accounts are made: `nested` is `POST /api/accounts/{id}/accounts`, `flat` is `POST
   * /api/accounts` with `parent_account_id`. The vendor's pages contradict each other. Default `both`.
   */
  readonly childAccountPath?: 'nested' | 'flat' | 'both'
  /** Success of a create. Default 201 (assumed). */
  readonly createStatus?: 200 | 201
  /** Success of a delete. Default 204 (assumed); 200 answers `{}`. */
  readonly deleteStatus?: 200 | 202 | 204
  /** What the admin API takes for the time when it judges a token. Default: the system clock. */
  readonly clock?: { now(): number }
}

/** Every option with its value. */
export type InboxManagerSettings = Required<InboxManagerOptions>

/** Fills in the defaults, a fresh client id and secret among them. */
export function inboxManagerSettings(options: InboxManagerOptions): InboxManagerSettings {
  return {
    authPort: 0,
    apiPort: 0,
    clientId: `cid_${randomBytes(10).toString('hex')}`,
    clientSecret: randomBytes(32).toString('base64url'),
    audience: 'https://api.inbox-manager.com',
    tokenLifetimeSeconds: 3600,
    sendsExpiresIn: true,
    notJsonStatus: 415,
    childAccountPath: 'both',
    createStatus: 201,
    deleteStatus: 204,
    clock: Date,
    ...options,
  }
}
