import type { TokenSigner } from '../token-signer.ts'
import { grantedScopes } from './scopes.ts'
import type { Tenant } from './tenant.ts'
import { type TokenRefusal, tokenRefusal } from './token-refusal.ts'
import type { TokenRequest } from './token-request.ts'

/** A token answer (RFC 6749 5.1). */
export interface IssuedToken {
  readonly access_token: string
  readonly token_type: 'Bearer'
  readonly expires_in: number
  readonly scope: string
}

/** What tokens are issued by. */
export interface TokenIssuer {
  readonly tenant: Tenant
  readonly signer: TokenSigner
  /** Without a trailing slash. */
  readonly issuer: string
}

/**
 * Decides one `client_credentials` request. Without an audience a token is issued all the same, for
 * `<issuer>/userinfo`, which no management call accepts.
 */
export async function issueToken(
  request: TokenRequest,
  { tenant, signer, issuer }: TokenIssuer,
): Promise<IssuedToken | TokenRefusal> {
  const refusal = refuseClient(request, tenant)
  if (refusal !== undefined) return refusal
  const audience = request.audience ?? `${issuer}/userinfo`
  const lifetime =
    request.audience === undefined ? tenant.settings.tokenLifetimeSeconds : lifetimeOf(audience, tenant)
  if (lifetime === undefined) return tokenRefusal('audience_not_found', `no API is called ${audience}`)
  if (tenant.quotaLeft <= 0)
    return tokenRefusal('m2m_quota_exceeded', 'the plan pays for no more machine tokens')
  tenant.quotaLeft -= 1
  const { enforcePolicies, permissionsClaim } = tenant.settings
  const scopes = grantedScopes(request.scope, enforcePolicies)
  const scope = scopes.join(' ')
  const claims = {
    ...{ iss: issuer, aud: audience, sub: request.clientId, client_id: request.clientId },
    ...{ account: tenant.accountId, scope },
    ...(permissionsClaim !== 'none' && { permissions: permissionsClaim === 'array' ? scopes : scope }),
  }
  const access_token = await signer.sign(claims, lifetime)
  return { access_token, token_type: 'Bearer', expires_in: lifetime, scope }
}

function refuseClient(request: TokenRequest, tenant: Tenant): TokenRefusal | undefined {
  if (request.grantType !== 'client_credentials') {
    return tokenRefusal('unsupported_grant_type', 'only client_credentials is played here')
  }
  const client = tenant.tables.clients.get(request.clientId)
  if (client === undefined) {
    const status = tenant.settings.unknownClientStatus
    const code = status === 404 ? 'client_not_found' : 'invalid_client'
    return tokenRefusal(code, 'client_id does not name a client of this account', { status })
  }
  const secret = client.id === tenant.settings.clientId ? tenant.clientSecret : client.client_secret
  if (request.clientSecret !== secret) return tokenRefusal('invalid_client', 'the client secret is wrong')
  if (tenant.denial !== undefined) return tokenRefusal('client_credentials_denied', tenant.denial)
  return undefined
}

/** An audience names the management API or an API of the account, which sets the life of its tokens. */
function lifetimeOf(
  audience: string,
  { audience: management, settings, tables }: Tenant,
): number | undefined {
  if (audience === management) return settings.tokenLifetimeSeconds
  const api = tables.apis.all().find(({ identifier }) => identifier === audience)
  if (api === undefined) return undefined
  return typeof api.token_lifetime === 'number' ? api.token_lifetime : 86_400
}
