import type { RequestListener } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import type { Adapter, Configuration, errors, JWK } from 'oidc-provider'
import type { IssuedTokens } from '../issued-tokens.ts'
import type { InboxManagerSettings } from './inbox-manager-options.ts'
import { loadProvider } from './load-provider.ts'
import { inboxManagerSeed } from './seed.ts'

/** Builds the authorization server for the origin it will be reached at. */
export type CreateAuthorizationServer = (issuer: string) => RequestListener

/**
 * The vendor's authorization server, played by a real one. It knows one client, one grant type and one
 * resource, and issues RS256 access tokens for it (RFC 9068, RFC 8707).
 */
export async function prepareAuthorizationServer(
  settings: InboxManagerSettings,
  tokens: IssuedTokens,
): Promise<CreateAuthorizationServer> {
  const { Provider, errors } = await loadProvider()
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }
  return (issuer) => {
    const provider = new Provider(issuer, configuration(settings, key, errors.InvalidTarget))
    provider.on('client_credentials.issued', (token) => tokens.add(token.jti))
    return provider.callback()
  }
}

/**
 * A secret as the server stores it. RFC 6749 allows secrets of printable ASCII only and the server insists;
 * the vendor takes JSON, where any text is possible. So the server knows secrets in base64url.
 */
export function storedSecret(secret: string): string {
  return Buffer.from(secret, 'utf8').toString('base64url')
}

function configuration(
  settings: InboxManagerSettings,
  key: JWK,
  InvalidTarget: typeof errors.InvalidTarget,
): Configuration {
  return {
    adapter: () => nothingStored,
    jwks: { keys: [key] },
    clients: [
      {
        client_id: settings.clientId,
        client_secret: storedSecret(settings.clientSecret),
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    ttl: { ClientCredentials: settings.tokenLifetimeSeconds },
    clientAuthMethods: ['client_secret_post'],
    routes: { token: '/oauth2/token', jwks: '/.well-known/jwks.json' },
    extraTokenClaims: () => ({ app: inboxManagerSeed.applicationId, gty: 'client_credentials' }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(_ctx, resource) {
          if (resource !== settings.audience) throw new InvalidTarget()
          return {
            scope: '',
            audience: settings.audience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: settings.tokenLifetimeSeconds,
            jwt: { sign: { alg: 'RS256' } },
          }
        },
      },
    },
  }
}

/** Clients come from the configuration and tokens carry all they say: there is nothing to keep. */
const nothingStored: Adapter = {
  upsert: async () => undefined,
  find: async () => undefined,
  findByUserCode: async () => undefined,
  findByUid: async () => undefined,
  consume: async () => undefined,
  destroy: async () => undefined,
  revokeByGrantId: async () => undefined,
}
