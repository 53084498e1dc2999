import { randomBytes, randomUUID } from 'node:crypto'
import { loginradiusScopes } from './scope-of.ts'

/**
 * How this LoginRadius tenant behaves. What is marked *assumed* has no public source and must not be relied on
 * by a client; where the vendor's own pages contradict each other, both ways can be had.
 */
export interface LoginRadiusOptions {
  /** Port of the token endpoint's host, `{tenant}.hub.loginradius.com` in the real world. 0 (default): a free one. */
  readonly hubPort?: number
  /** Port of the API's host, `api.loginradius.com` in the real world. 0 (default): a free one. */
  readonly apiPort?: number
  /** The machine-to-machine client. Default: generated. */
  readonly clientId?: string
  readonly clientSecret?: string
  /** Key and secret of the tenant. Default: generated. */
  readonly apiKey?: string
  readonly apiSecret?: string
  /** The one audience, compared exactly. Default `https://api.loginradius.com/identity/v2/manage`. */
  readonly audience?: string
  /** Set for each client in the vendor's console. Default 3600. */
  readonly tokenLifetimeSeconds?: number
  /** `expire_in` is a string of the current API, `expires_in` a number of an older page. Default `expire_in`. */
  readonly expiryField?: 'expire_in' | 'expires_in'
  /** Status of `invalid_client` and `unauthorized_client`. Default 401 (assumed). */
  readonly clientRefusedStatus?: 400 | 401 | 403
  /** What the client was given in the console, for the claim `scp`. Default: all. The names are assumed. */
  readonly scopes?: readonly string[]
  /** Whether a machine token needs the API key beside it. Default true (assumed). */
  readonly bearerNeedsKey?: boolean
  /** Status of a wrong API secret; two tables of the vendor name two. Default 401. */
  readonly secretRefusedStatus?: 401 | 403
  /** What a 429 looks like. Default `text`: the vendor's client cannot parse it as JSON. */
  readonly body429?: 'text' | 'json'
  /** Status of a create. Default 200 (assumed). */
  readonly createStatus?: 200 | 201
  /** Status for what an inactive organization is asked to do. Default 400 (assumed). */
  readonly inactiveStatus?: 400 | 403
  /** For how long an invitation holds. Default 7 days (assumed). */
  readonly invitationLifetimeSeconds?: number
  /** Whether the TXT record of a domain is found when it is verified. Default true. */
  readonly domainsHaveRecord?: boolean
  /** Below which path the API is. Default `/v2/manage`; an older generation has `/identity/v2/manage`. */
  readonly pathPrefix?: string
  /** What the API takes for the time. Default: the system clock. */
  readonly clock?: { now(): number }
}

/** Every option with its value. */
export type LoginRadiusSettings = Required<LoginRadiusOptions>

/** Fills in the defaults, fresh credentials among them. */
export function loginradiusSettings(options: LoginRadiusOptions): LoginRadiusSettings {
  return {
    hubPort: 0,
    apiPort: 0,
    clientId: randomUUID(),
    clientSecret: randomBytes(32).toString('base64url'),
    apiKey: randomUUID(),
    apiSecret: randomUUID(),
    audience: 'https://api.loginradius.com/identity/v2/manage',
    tokenLifetimeSeconds: 3600,
    expiryField: 'expire_in',
    clientRefusedStatus: 401,
    scopes: loginradiusScopes,
    bearerNeedsKey: true,
    secretRefusedStatus: 401,
    body429: 'text',
    createStatus: 200,
    inactiveStatus: 400,
    invitationLifetimeSeconds: 7 * 24 * 60 * 60,
    domainsHaveRecord: true,
    pathPrefix: '/v2/manage',
    clock: Date,
    ...options,
  }
}
