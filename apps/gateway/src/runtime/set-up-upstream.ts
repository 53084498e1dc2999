import { type Clock, createCredentialSource, type ObservableTokenSource } from '@countersign/auth-core'
import type { UpstreamConfig } from '../config/loaded-config.ts'
import { createRefusalReader } from '../forward/refusal.ts'
import type { Tunnels } from '../forward/tunnels.ts'
import { createUpstreamProxy } from '../forward/upstream-proxy.ts'
import type { GuardedTarget } from '../gateway.ts'
import type { Metrics } from '../record/metrics.ts'
import type { RoutedUpstream } from '../route/route-table.ts'
import type { AccountStore } from '../store/account-store.ts'
import { beginAtZero } from './begin-at-zero.ts'
import { createConnectionPools } from './connection-pools.ts'
import { createGuardSetup, type GuardSetup } from './set-up-guard.ts'
import { createTokenSetup } from './set-up-tokens.ts'
import { schemesOf, showCredentials } from './show-credentials.ts'

/** An upstream, ready to be routed to, minted for and called. */
export interface Upstream extends GuardedTarget, RoutedUpstream, GuardSetup {
  readonly tokens: ObservableTokenSource
}

/** What upstreams are set up with. */
export interface UpstreamSurroundings {
  readonly clock: Clock
  readonly metrics: Metrics
  /** Where consented accounts are; only where a configuration needs it. */
  readonly accounts?: AccountStore | undefined
  /** Where WebSockets live on; only where there may be some. */
  readonly tunnels?: Tunnels | undefined
  readonly warn: (facts: Record<string, unknown>, message: string) => void
}

const maxBodyBytes = 10 * 1024 * 1024

/**
 * Makes upstreams of their configurations. Connections and tokens live on through a reload that does not
 * concern them.
 */
export function createUpstreamSetup(surroundings: UpstreamSurroundings) {
  const { metrics, warn, tunnels } = surroundings
  const pools = createConnectionPools()
  const sources = createTokenSetup(surroundings)
  const guards = createGuardSetup(surroundings)

  function setUp(config: UpstreamConfig): Upstream {
    beginAtZero(metrics, config.name)
    const { credential, token, schemes, preset } = config
    const url = new URL(config.url)
    const tokens = sources.tokensFor(config)
    const pool = pools.poolFor(config)
    const schemeOf = schemesOf(config)
    const carriers = [...schemes.values()].flatMap(({ headers }) => Object.keys(headers ?? {}))
    const words = { mismatch: token.audienceDiscovery?.mismatch, dead: token.consent?.dead }
    return {
      name: config.name,
      basePath: url.pathname === '/' ? '' : url.pathname,
      operations: config.operations,
      proxy: createUpstreamProxy(url, pool, (certificate) => pools.poolWith(config, certificate)),
      tokens: schemeOf ? createCredentialSource({ tokens, credential, schemeOf }) : needed(tokens),
      exchanges: token.grantType === 'token_exchange',
      shows: schemeOf && showCredentials(config, schemeOf),
      refusals: createRefusalReader(words),
      tunnels,
      onRetry: (because) => metrics.upstreamRetries.inc({ upstream: config.name, because }),
      onEcho(requestId) {
        metrics.echoes.inc({ upstream: config.name })
        warn(
          { upstream: config.name, request_id: requestId },
          'an answer quoted our credential; it was masked',
        )
      },
      explains: preset?.explains,
      timeouts: config.timeouts,
      maxBodyBytes,
      ...guards.guardFor(config),
      alsoForwarded: new Set(config.headers.filter((name) => !carriers.includes(name))),
    }
  }
  function settle(): void {
    pools.settle()
    sources.settle()
    guards.settle()
  }
  return { setUp, settle, close: pools.close }
}

/** The configuration refuses an upstream with neither tokens nor schemes. */
function needed(tokens: ObservableTokenSource | undefined): ObservableTokenSource {
  if (tokens === undefined) throw new TypeError('an upstream has neither tokens nor schemes')
  return tokens
}
