import { createHistogram } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { type Dispatcher, Pool } from 'undici'
import { fieldsOf, type LoadResult, type Traffic, type TrafficRequest } from './traffic.ts'

/**
 * Open loop: requests start at a fixed rate, whether or not earlier ones were answered, so that a slow moment
 * is suffered by every request that falls into it (no coordinated omission). Latency counts from the moment a
 * request is due; one that finds every connection busy waits, and that counts.
 *
 * (autocannon's rate is a number for each second: it sends them in one burst at its beginning.)
 */
export async function loadAtFixedRate(
  port: number,
  traffic: Traffic,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<LoadResult> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: traffic.connections, pipelining: 1 })
  const latencies = createHistogram()
  const total = Math.round(perSecond * seconds)
  const answers: Promise<boolean>[] = []
  const start = performance.now()
  while (answers.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - start) / 1000) * perSecond))
    while (answers.length < due) {
      const request = traffic.requests[answers.length % traffic.requests.length] as TrafficRequest
      answers.push(send(pool, request, (ms) => latencies.record(Math.max(1, Math.round(ms * 1000)))))
    }
    await delay(1)
  }
  const failures = (await Promise.all(answers)).filter((sound) => !sound).length
  const elapsed = (performance.now() - start) / 1000
  await pool.close()
  const percentile = (share: number) => latencies.percentile(share) / 1000
  return { requests: total, seconds: elapsed, failures, p50: percentile(50), p99: percentile(99) }
}

/** @returns whether the answer was 2xx and complete */
function send(pool: Pool, request: TrafficRequest, took: (ms: number) => void): Promise<boolean> {
  const { method, path, bodyBytes } = request
  const headers = { host: '127.0.0.1', ...fieldsOf(request) }
  const body = bodyBytes > 0 ? Buffer.alloc(bodyBytes, 'x') : null
  const sentAt = performance.now()
  return new Promise((resolve) => {
    let status = 0
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart() {},
      onResponseStart(_controller, code) {
        status = code
      },
      onResponseData() {},
      onResponseEnd() {
        took(performance.now() - sentAt)
        resolve(status >= 200 && status < 300)
      },
      onResponseError: () => resolve(false),
    }
    pool.dispatch({ method, path, headers, body }, handler)
  })
}
