import autocannon from 'autocannon'
import { fieldsOf, type LoadResult, type Traffic } from './traffic.ts'

/** As many requests as the connections of this traffic can make, for machines without wrk. */
export async function loadWithAutocannon(
  port: number,
  traffic: Traffic,
  seconds: number,
): Promise<LoadResult> {
  const { connections, next } = traffic
  const requests = [...traffic.requests.slice(next), ...traffic.requests.slice(0, next)].map((request) => ({
    method: request.method,
    path: request.path,
    headers: fieldsOf(request),
    ...(request.bodyBytes > 0 && { body: Buffer.alloc(request.bodyBytes, 'x') }),
  }))
  const share = Math.floor(requests.length / connections)
  let begun = 0

  /** Each connection has requests of its own, where there are enough: all would send the same ones at a time. */
  function setupClient(client: autocannon.Client): void {
    if (share > 0) client.setRequests(requests.slice(begun * share, (begun + 1) * share))
    begun += 1
  }
  const url = `http://127.0.0.1:${port}`
  const first = share > 0 ? requests.slice(0, 1) : requests
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: first,
    timeout: 60,
    setupClient,
  })
  return {
    requests: result.requests.total,
    seconds: result.duration,
    failures: result.non2xx + result.errors,
    p50: result.latency.p50,
    p99: result.latency.p99,
  }
}
