import { randomBytes } from 'node:crypto'

/** What the administrator at the provider does: waits for a person, consents, or refuses. */
export type ProviderMood = 'ask' | 'grant' | 'deny'

/**
 * How this Aurinko behaves. Its OpenAPI document describes the API well; what is marked *assumed* has no public
 * source and must not be relied on by a client.
 */
export interface AurinkoOptions {
  /** Port of `api.aurinko.io`. 0 (default): a free one. */
  readonly port?: number
  /** The application. Default: generated. */
  readonly clientId?: string
  readonly clientSecret?: string
  /** Key of the notifications' signatures. Default: generated. */
  readonly signingSecret?: string
  /** Where a consent may return to, compared to the byte. More can be registered later. Default: none. */
  readonly returnUrls?: readonly string[]
  /** Further names, as `Host` says them, under which the callback answers. Default: none. */
  readonly aliasHosts?: readonly string[]
  /**
   * A page of the application that the provider sends the administrator to, in place of Aurinko's own callback;
   * it has to forward every parameter there.
   */
  readonly intermediateCallbackUrl?: string | undefined
  /** What the provider's consent page does. Default `ask`: it shows two buttons. */
  readonly provider?: ProviderMood
  /** For how long the code of a consent can be exchanged, once. Default 600 (assumed). */
  readonly codeLifetimeSeconds?: number
  /** Status of a return address that is not registered. Default 400 (assumed). */
  readonly returnUrlRefusedStatus?: 400 | 403
  /** Status of the way back from the callback. Default 303 (assumed; the way there is 303 by the document). */
  readonly callbackStatus?: 302 | 303
  /** What stands before the digits of a notification's signature. Default nothing (assumed). */
  readonly signaturePrefix?: '' | 'v0=' | 'sha256='
  /** How a success without content is spelt; document and SDK differ. Default `Ok`. */
  readonly okSpelling?: 'Ok' | 'OK'
  /** How long a receiver has for the handshake of a subscription, in milliseconds. Default 30 000. */
  readonly handshakeTimeoutMs?: number
  /** What this Aurinko takes for the time. Default: the system clock. */
  readonly clock?: { now(): number }
}

/** Every option with its value. */
export type AurinkoSettings = Required<AurinkoOptions>

/** Fills in the defaults, fresh secrets among them. */
export function aurinkoSettings(options: AurinkoOptions): AurinkoSettings {
  return {
    port: 0,
    clientId: randomBytes(16).toString('hex'),
    clientSecret: randomBytes(32).toString('base64url'),
    signingSecret: randomBytes(32).toString('base64url'),
    returnUrls: [],
    aliasHosts: [],
    intermediateCallbackUrl: undefined,
    provider: 'ask',
    codeLifetimeSeconds: 600,
    returnUrlRefusedStatus: 400,
    callbackStatus: 303,
    signaturePrefix: '',
    okSpelling: 'Ok',
    handshakeTimeoutMs: 30_000,
    clock: Date,
    ...options,
  }
}
