import {
  type Credential,
  createAudienceFinder,
  createConsentSource,
  createDiscoveringSource,
  createTokenSource,
  type Fetch,
  type ObservableTokenSource,
  type TokenGrantType,
} from '@countersign/auth-core'
import type { UpstreamConfig } from '../config/loaded-config.ts'
import { createFetch } from '../fetch.ts'
import { Keeper } from './keeper.ts'
import { LatestFetches } from './latest-fetches.ts'
import { observeTokens } from './observe-tokens.ts'
import type { UpstreamSurroundings } from './set-up-upstream.ts'

/**
 * Makes token sources of upstreams' configurations. One lives on through a reload that does not concern it; a
 * changed credential is handed to it, and serves once it got a token. Changed timeouts hold from the next request on.
 */
export function createTokenSetup(surroundings: UpstreamSurroundings) {
  const { clock } = surroundings
  const sources = new Keeper<ObservableTokenSource>()
  const credentials = new Map<string, Credential>()
  const fetches = new LatestFetches()

  function tokensFor(config: UpstreamConfig): ObservableTokenSource | undefined {
    const { name, url, token, preset, credential } = config
    const { grantType } = token
    if (grantType === 'none') return undefined
    const { timeouts, ...asked } = token
    credentials.set(name, credential)
    const fetch = fetches.take(name, timeouts, () => createFetch(timeouts))
    const discovery = token.audience === undefined ? token.audienceDiscovery : undefined
    const where = (discovery !== undefined || grantType === 'consent') && url
    return sources.keep([name, asked, preset?.name, where], () => {
      if (grantType === 'consent') return consented(name, new URL(url).origin)
      const source = minting(config, grantType, fetch)
      if (discovery === undefined) return source
      return createDiscoveringSource(source, createAudienceFinder({ url, discovery, clock, fetch }))
    })
  }

  function minting(
    { name, token, preset, credential }: UpstreamConfig,
    grantType: TokenGrantType,
    fetch: Fetch,
  ): ObservableTokenSource {
    return createTokenSource({
      ...token,
      grantType,
      upstream: name,
      extraParameters: token.parameters,
      adapt: preset?.token.adapt,
      credential: () => credentials.get(name) ?? credential,
      clock,
      fetch,
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
