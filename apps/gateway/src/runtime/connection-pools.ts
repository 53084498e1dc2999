import type { OwnCertificate } from '@countersign/auth-core'
import { Pool } from 'undici'
import type { UpstreamConfig } from '../config/loaded-config.ts'
import { Keeper } from './keeper.ts'

const maxHeaderBytes = 64 * 1024
/** Pools of connections that show a certificate: a few upstreams, each with the certificate before the present. */
const mostCertified = 32

/**
 * Connections to upstreams: a pool for each of them, as large as the number of its calls, so that nobody ever
 * waits in it. They live on through reloads.
 */
export function createConnectionPools() {
  const pools = new Keeper<Pool>(retire)
  const certified = new Map<string, Pool>()
  const open = new Set<Pool>()

  function poolFor(upstream: UpstreamConfig): Pool {
    return pools.keep(keyOf(upstream), () => openPool(upstream))
  }
  /** Connections that show this certificate; those that were opened first are closed when there are too many. */
  function poolWith(upstream: UpstreamConfig, certificate: OwnCertificate): Pool {
    const key = JSON.stringify([...keyOf(upstream), certificate.thumbprint])
    const known = certified.get(key)
    if (known !== undefined) return known
    const pool = openPool(upstream, certificate)
    certified.set(key, pool)
    const [oldest] = certified
    if (certified.size > mostCertified && oldest !== undefined) {
      certified.delete(oldest[0])
      retire(oldest[1])
    }
    return pool
  }
  function openPool({ url, timeouts, limits }: UpstreamConfig, certificate?: OwnCertificate): Pool {
    const shown = certificate && { cert: certificate.cert, key: certificate.key.reveal() }
    const pool = new Pool(new URL(url).origin, {
      connections: limits.concurrency,
      pipelining: 1,
      allowH2: false,
      connect: { timeout: timeouts.connectMs, ...shown },
      headersTimeout: 0, // measured by the attempt, to the millisecond
      bodyTimeout: timeouts.idleMs,
      maxHeaderSize: maxHeaderBytes,
    })
    open.add(pool)
    return pool
  }
  /** Calls in it finish; until then it is one of those that the end of the process cuts. */
  function retire(pool: Pool): void {
    const forget = () => open.delete(pool)
    // It rejects where the end of the process has cut it already.
    pool.close().then(forget, forget)
  }
  async function close(): Promise<void> {
    await Promise.all([...open].map((pool) => pool.destroy()))
  }
  return { poolFor, poolWith, settle: () => pools.settle(), close }
}

function keyOf({ name, url, timeouts, limits }: UpstreamConfig): readonly unknown[] {
  return [name, new URL(url).origin, timeouts.connectMs, timeouts.idleMs, limits.concurrency]
}
