import { randomBytes } from 'node:crypto'

/**
 * How this AuthAction tenant behaves. Public are its token request, `GET /api/v1/users` and the passkey calls;
 * what is marked *assumed* has no public source, or two that contradict each other.
 */
export interface AuthActionOptions {
  /** 0 (default): a free one. */
  readonly port?: number
  /** Default: generated. */
  readonly clientId?: string
  /** Default: generated. */
  readonly clientSecret?: string
  /**
   * Where tokens come from: `new` is `/oauth2/m2m/token`, `old` is `/oauth/m2m/token`. Two versions of one
   * page name two paths. Default `both`.
   */
  readonly tokenPath?: TokenPath
  /** Answer at the path that is not served. Default 404 (assumed). */
  readonly missingPathStatus?: 404 | 405
  /** Whether `iss` ends in a slash; the vendor's own examples insist on both. Default true. */
  readonly issuerSlash?: boolean
  /** How lists come: bare, as the documentation shows users, or as `{"data":[…]}`. Default `array`. */
  readonly usersEnvelope?: 'array' | 'data'
  /** Whether the application is granted the Management API. Default true; see `grantApi`. */
  readonly granted?: boolean
  /**
   * Whether the token endpoint itself refuses a client without a grant and an audience that names nothing, with
   * 403 (assumed). By default it gives a token all the same, and the API answers 401.
   */
  readonly refusesAtTokenEndpoint?: boolean
  /** Answer to another `grant_type`. Default 403 (assumed; 400 is as likely). */
  readonly unsupportedGrantStatus?: 400 | 403
  /** Answer to a token request that is not JSON. Default 400 (assumed). */
  readonly notJsonStatus?: 400 | 415
  /** Default 86400. */
  readonly tokenLifetimeSeconds?: number
  /** Success of a create. Default 201 (assumed). */
  readonly createStatus?: 200 | 201
  /** Success of a delete. Default 204 (assumed). */
  readonly deleteStatus?: 200 | 204
  /** The time by which tokens are made and judged. Default: the system clock. */
  readonly clock?: { now(): number }
}

/** Which of the two token paths are served. */
export type TokenPath = 'old' | 'new' | 'both'

/** Every option with its value. */
export type AuthActionSettings = Required<AuthActionOptions>

/** Fills in the defaults, a fresh client id and secret among them. */
export function authActionSettings(options: AuthActionOptions): AuthActionSettings {
  return {
    port: 0,
    clientId: randomBytes(16).toString('hex'),
    clientSecret: randomBytes(32).toString('base64url'),
    tokenPath: 'both',
    missingPathStatus: 404,
    issuerSlash: true,
    usersEnvelope: 'array',
    granted: true,
    refusesAtTokenEndpoint: false,
    unsupportedGrantStatus: 403,
    notJsonStatus: 400,
    tokenLifetimeSeconds: 86_400,
    createStatus: 201,
    deleteStatus: 204,
    clock: Date,
    ...options,
  }
}
