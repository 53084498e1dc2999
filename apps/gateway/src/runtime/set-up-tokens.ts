import {
  type Credential,
  createAudienceFinder,
  createConsentSource,
  createDiscoveringSource,
  createTokenSource,
  type ObservableTokenSource,
  type TokenGrantType,
  type TokenSourceOptions,
} from '@countersign/auth-core'
import type { UpstreamConfig } from '../config/loaded-config.ts'
import { createFetch } from '../fetch.ts'
import { Keeper } from './keeper.ts'
import { LatestFetch } from './latest-fetch.ts'
import { observeTokens } from './observe-tokens.ts'
import type { UpstreamSurroundings } from './set-up-upstream.ts'

/** A source, and what it asks with: the latest credential of its own endpoint, and never that of the next one. */
interface Held {
  readonly source: ObservableTokenSource
  readonly latest: { credential: Credential }
  readonly way: LatestFetch
}

/**
 * Makes token sources of upstreams' configurations. One lives on through a reload that does not concern it; a
 * changed credential is handed to it, and serves once it got a token. Changed timeouts hold from the next request on.
 */
export function createTokenSetup(surroundings: UpstreamSurroundings) {
  const { clock } = surroundings
  const sources = new Keeper<Held>()

  function tokensFor(config: UpstreamConfig): ObservableTokenSource | undefined {
    const { name, url, token, preset, credential } = config
    const { grantType } = token
    if (grantType === 'none') return undefined
    const { timeouts, ...asked } = token
    const discovery = token.audience === undefined ? token.audienceDiscovery : undefined
    const where = (discovery !== undefined || grantType === 'consent') && url
    const { source, latest, way } = sources.keep([name, asked, preset?.name, where], () => {
      const held = { latest: { credential }, way: new LatestFetch() }
      if (grantType === 'consent') return { source: consented(name, new URL(url).origin), ...held }
      const { fetch } = held.way
      const plain = minting(config, { grantType, fetch, credential: () => held.latest.credential })
      if (discovery === undefined) return { source: plain, ...held }
      const finder = createAudienceFinder({ url, discovery, clock, fetch })
      return { source: createDiscoveringSource(plain, finder), ...held }
    })
    latest.credential = credential
    way.renew(timeouts, () => createFetch(timeouts))
    return source
  }

  function minting(
    { name, token, preset }: UpstreamConfig,
    asking: Pick<TokenSourceOptions, 'fetch' | 'credential'> & { readonly grantType: TokenGrantType },
  ): ObservableTokenSource {
    return createTokenSource({
      ...token,
      ...asking,
      upstream: name,
      extraParameters: token.parameters,
      adapt: preset?.token.adapt,
      clock,
      observe: observeTokens(surroundings),
    })
  }

  function consented(upstream: string, origin: string): ObservableTokenSource {
    const { accounts, warn } = surroundings
    const kept = accounts?.get(upstream)
    if (kept && kept.origin !== origin) {
      const facts = { upstream, given_at: kept.origin, now_at: origin }
      warn(facts, 'the consent was given at another address: consent is needed again')
    }
    return createConsentSource({
      upstream,
      origin,
      clock,
      account: () => accounts?.get(upstream),
      bury(account) {
        warn({ upstream }, 'the upstream says that the token is dead: consent is needed again')
        const buried = { ...account, deadSince: clock.now() }
        // Vendors end a token when the next consent is given, whose account may be on its way to the disk.
        accounts?.put(upstream, buried, account).catch((error: unknown) => {
          warn({ upstream, error: String(error) }, 'the store cannot be written')
        })
      },
    })
  }
  return { tokensFor, settle: () => sources.settle() }
}
