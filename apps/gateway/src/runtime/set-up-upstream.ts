import {
  type Clock,
  type Credential,
  createTokenSource,
  type Fetch,
  type ObservableTokenSource,
} from '@countersign/auth-core'
import { Pool } from 'undici'
import type { UpstreamConfig } from '../config/loaded-config.ts'
import type { ForwardTarget } from '../forward/forward.ts'
import { createUpstreamProxy } from '../forward/upstream-proxy.ts'
import type { Metrics } from '../record/metrics.ts'
import type { RoutedUpstream } from '../route/route-table.ts'
import { Keeper } from './keeper.ts'
import { observeTokens } from './observe-tokens.ts'

/** An upstream, ready to be routed to, minted for and called. */
export interface Upstream extends ForwardTarget, RoutedUpstream {
  readonly tokens: ObservableTokenSource
}

/** What upstreams are set up with. */
export interface UpstreamSurroundings {
  readonly clock: Clock
  readonly fetch: Fetch
  readonly metrics: Metrics
  readonly warn: (facts: Record<string, unknown>, message: string) => void
}

/** Connections to one upstream; what comes on top waits for one of them. */
const connections = 128
const maxHeaderBytes = 64 * 1024
const maxBodyBytes = 10 * 1024 * 1024

/**
 * Makes upstreams of their configurations. Connections and tokens live on through a reload that does not
 * concern them; a changed credential applies to the next token, never to one minted before.
 */
export function createUpstreamSetup(surroundings: UpstreamSurroundings) {
  const pools = new Keeper<Pool>((pool) => void pool.close())
  const sources = new Keeper<ObservableTokenSource>()
  const credentials = new Map<string, Credential>()
  const open = new Set<Pool>()

  function poolFor({ url, timeouts }: UpstreamConfig): Pool {
    const { origin } = new URL(url)
    const { connectMs, idleMs } = timeouts
    return pools.keep([origin, connectMs, idleMs], () => {
      const pool = new Pool(origin, {
        connections,
        pipelining: 1,
        allowH2: false,
        connect: { timeout: connectMs },
        headersTimeout: 0, // measured by the attempt, to the millisecond
        bodyTimeout: idleMs,
        maxHeaderSize: maxHeaderBytes,
      })
      open.add(pool)
      return pool
    })
  }

  function tokensFor({ name, token, preset, credential }: UpstreamConfig): ObservableTokenSource {
    credentials.set(name, credential)
    const { clock, fetch } = surroundings
    return sources.keep([name, token, preset?.name], () =>
      createTokenSource({
        ...token,
        upstream: name,
        extraParameters: token.parameters,
        adapt: preset?.token.adapt,
        credential: () => credentials.get(name) ?? credential,
        clock,
        fetch,
        observe: observeTokens(surroundings),
      }),
    )
  }

  function setUp(config: UpstreamConfig): Upstream {
    const url = new URL(config.url)
    const { firstByteMs, totalMs } = config.timeouts
    return {
      name: config.name,
      basePath: url.pathname === '/' ? '' : url.pathname,
      operations: config.operations,
      proxy: createUpstreamProxy(url, poolFor(config)),
      tokens: tokensFor(config),
      timeouts: { firstByteMs, totalMs },
      maxBodyBytes,
      alsoForwarded: new Set(config.headers),
    }
  }

  function settle(): void {
    pools.settle()
    sources.settle()
  }
  async function close(): Promise<void> {
    await Promise.all([...open].map((pool) => pool.destroy()))
  }
  return { setUp, settle, close }
}
