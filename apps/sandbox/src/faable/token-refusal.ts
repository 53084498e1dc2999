/** Why no token is issued. */
export type TokenRefusalCode =
  | 'invalid_request'
  | 'unsupported_grant_type'
  | 'invalid_client'
  | 'client_not_found'
  | 'client_credentials_denied'
  | 'm2m_quota_exceeded'
  | 'audience_not_found'
  | 'too_many_requests'

/** An answer of the token endpoint that is no token: RFC 6749 5.2, with the vendor's `error_code` beside it. */
export interface TokenRefusal {
  readonly status: number
  readonly error: string
  readonly code: TokenRefusalCode
  readonly description: string
  readonly retryAfterSeconds?: number
}

/** Status and `error` of each code; the `error` of what RFC 6749 has no word for is assumed. */
const kinds: Readonly<Record<TokenRefusalCode, { readonly status: number; readonly error: string }>> = {
  invalid_request: { status: 400, error: 'invalid_request' },
  unsupported_grant_type: { status: 400, error: 'unsupported_grant_type' },
  invalid_client: { status: 401, error: 'invalid_client' },
  client_not_found: { status: 404, error: 'invalid_client' },
  client_credentials_denied: { status: 401, error: 'access_denied' },
  m2m_quota_exceeded: { status: 402, error: 'access_denied' },
  audience_not_found: { status: 403, error: 'invalid_target' },
  too_many_requests: { status: 429, error: 'too_many_requests' },
}

/** A refusal of that code; status and wait may be its own. */
export function tokenRefusal(
  code: TokenRefusalCode,
  description: string,
  own: { readonly status?: number; readonly retryAfterSeconds?: number } = {},
): TokenRefusal {
  return { ...kinds[code], code, description, ...own }
}
