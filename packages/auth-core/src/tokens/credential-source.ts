import type { Operation } from '../policy/operation.ts'
import type { CredentialScheme } from '../presets/preset.ts'
import { Secret } from '../secret.ts'
import type { ObservableTokenSource } from './create-token-source.ts'
import type { Credential } from './credential.ts'
import type { Minted, UpstreamToken } from './upstream-token.ts'

/** What {@link createCredentialSource} chooses between. */
export interface CredentialSourceOptions {
  /** For the operations that want a token; absent where none does. */
  readonly tokens: ObservableTokenSource | undefined
  /** For the others. */
  readonly credential: Credential
  readonly schemeOf: (operation: Operation) => CredentialScheme
}

/**
 * A token source for an upstream that wants a token for some operations, or none, and the configured credential
 * for others. For the latter nothing is minted and nobody is asked: the answer is always at hand, and a refusal of
 * it is for the operator to mend.
 */
export function createCredentialSource(options: CredentialSourceOptions): ObservableTokenSource {
  const { tokens, schemeOf } = options
  const configured: Minted = Object.freeze({
    token: configuredToken(options.credential),
    source: 'configured',
  })
  return {
    mint(grant) {
      if (schemeOf(grant.operation).authorization !== 'bearer') return configured
      if (tokens === undefined) throw new TypeError('an operation wants a token of an upstream that has none')
      return tokens.mint(grant)
    },
    async replace(grant, rejected, reason) {
      if (tokens === undefined || rejected === configured.token) return configured
      return await tokens.replace(grant, rejected, reason)
    },
    accepted(grant, token) {
      if (token !== configured.token) tokens?.accepted(grant, token)
    },
    // The configuration is all there is to it, and it is there.
    status: () => tokens?.status() ?? { state: 'ok', since: 0 },
    soonestExpiry: () => tokens?.soonestExpiry(),
  }
}

/**
 * The value is what follows `Basic` (RFC 7617 2, in UTF-8). The fingerprint is the credential's version, which
 * is keyed: a plain hash of a secret that people chose could be tried against a list of guesses.
 */
function configuredToken({ clientId, clientSecret, version }: Credential): UpstreamToken {
  const show = (): string => version
  return Object.freeze({
    value: new Secret(Buffer.from(`${clientId ?? ''}:${clientSecret?.reveal() ?? ''}`).toString('base64')),
    fingerprint: version,
    obtainedAt: 0,
    expiresAt: Number.POSITIVE_INFINITY,
    grantedScopes: undefined,
    toJSON: show,
    toString: show,
    [Symbol.for('nodejs.util.inspect.custom')]: show,
  })
}
