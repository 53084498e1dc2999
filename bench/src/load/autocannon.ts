import autocannon from 'autocannon'
import { fieldsOf, type LoadResult, type Traffic } from './traffic.ts'

/** As many requests as the connections of this traffic can make, for machines without wrk. */
export async function loadWithAutocannon(
  port: number,
  traffic: Traffic,
  seconds: number,
): Promise<LoadResult> {
  const requests = traffic.requests.map((request) => ({
    method: request.method,
    path: request.path,
    headers: fieldsOf(request),
    ...(request.bodyBytes > 0 && { body: Buffer.alloc(request.bodyBytes, 'x') }),
  }))
  const { connections } = traffic
  const url = `http://127.0.0.1:${port}`
  const result = await autocannon({ url, connections, duration: seconds, requests, timeout: 60 })
  return {
    requests: result.requests.total,
    seconds: result.duration,
    failures: result.non2xx + result.errors,
    p50: result.latency.p50,
    p99: result.latency.p99,
  }
}
