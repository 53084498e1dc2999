import { Router } from 'express'
import type { JSONWebKeySet } from 'jose'
import { FaableError } from './faable-error.ts'
import { scopeCatalogue } from './scopes.ts'
import type { Tenant } from './tenant.ts'

/** What anybody may read: discovery document, key set, and which account a host belongs to. */
export function discoveryRoutes(tenant: Tenant, issuer: string, keySet: JSONWebKeySet): Router {
  const router = Router({ caseSensitive: true, strict: true })
  router.get('/.well-known/openid-configuration', (_req, res) => {
    const key = tenant.settings.managementAudienceKey
    res.json({ ...discoveryDocument(issuer), ...(key !== null && { [key]: tenant.audience }) })
  })
  router.get('/.well-known/jwks.json', (_req, res) => {
    res.json(keySet)
  })
  router.get('/account/host/:host', (req, res) => {
    if (!tenant.isHost(req.params.host))
      throw new FaableError('account_not_found', 'no account has this host')
    res.json({ id: tenant.accountId, host: req.params.host })
  })
  return router
}

function discoveryDocument(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    end_session_endpoint: `${issuer}/logout`,
    registration_endpoint: `${issuer}/oidc/register`,
    device_authorization_endpoint: `${issuer}/oauth/device/code`,
    grant_types_supported: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    code_challenge_methods_supported: ['S256'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access', ...scopeCatalogue],
  }
}
