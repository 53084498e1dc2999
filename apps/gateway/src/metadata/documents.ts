import { exchangeGrantType } from '../exchange/exchange-request.ts'

/** What the gateway says about itself to anybody, as JSON; `undefined`: it does not say. */
export interface MetadataDocuments {
  readonly protectedResource: string | undefined
  readonly authorizationServer: string | undefined
  /** Where the first one is: what a challenge points to (RFC 9728 5.1). */
  readonly protectedResourceUrl: string | undefined
}

/** What the documents are made of: the configuration, and never the request. */
export interface MetadataParts {
  /** Where services reach the gateway, without a trailing slash; without it, nothing is said. */
  readonly url: string | undefined
  /** Issuers whose tokens are accepted, as far as they are authorization servers. */
  readonly issuers: readonly string[]
  /** Does any rule release a token? */
  readonly exchanges: boolean
}

/** Protected resource metadata (RFC 9728 2), and where tokens can be exchanged, that endpoint's (RFC 8414 2). */
export function metadataDocuments({ url, issuers, exchanges }: MetadataParts): MetadataDocuments {
  if (url === undefined)
    return { protectedResource: undefined, authorizationServer: undefined, protectedResourceUrl: undefined }
  const resource = {
    resource: url,
    ...(issuers.length > 0 && { authorization_servers: issuers }),
    bearer_methods_supported: ['header'],
    resource_name: 'Countersign',
  }
  const server = {
    issuer: url,
    token_endpoint: `${url}/oauth2/token`,
    response_types_supported: [],
    grant_types_supported: [exchangeGrantType],
    token_endpoint_auth_methods_supported: ['none'],
  }
  return {
    protectedResource: JSON.stringify(resource),
    authorizationServer: exchanges ? JSON.stringify(server) : undefined,
    protectedResourceUrl: `${url}/.well-known/oauth-protected-resource`,
  }
}
