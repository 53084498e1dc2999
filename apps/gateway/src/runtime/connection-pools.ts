import { Pool } from 'undici'
import type { UpstreamConfig } from '../config/loaded-config.ts'
import { Keeper } from './keeper.ts'

/** Connections to one upstream; what comes on top waits for one of them. */
const connections = 128
const maxHeaderBytes = 64 * 1024

/** Connections to upstreams, one pool for an origin and its timeouts; they live on through reloads. */
export function createConnectionPools() {
  const pools = new Keeper<Pool>((pool) => void pool.close())
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
  async function close(): Promise<void> {
    await Promise.all([...open].map((pool) => pool.destroy()))
  }
  return { poolFor, settle: () => pools.settle(), close }
}
