import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const overheadSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1]

/** The gateway's metrics. Labels are names from the configuration, never a subject, a path or a token. */
export interface Metrics {
  readonly registry: Registry
  readonly requests: Counter<'service' | 'upstream' | 'operation' | 'outcome' | 'owner'>
  readonly requestDuration: Histogram<'upstream' | 'operation'>
  readonly overhead: Histogram
  readonly mints: Counter<'upstream' | 'result'>
  readonly tokenCache: Counter<'upstream' | 'result'>
  readonly tokenSecondsToExpiry: Gauge<'upstream'>
  readonly mintWaiters: Gauge<'upstream'>
  readonly configReloads: Counter<'result'>
  readonly jwksAge: Gauge<'issuer'>
  readonly issuerUsable: Gauge<'issuer'>
  readonly tokenRefusals: Counter<'upstream' | 'result'>
  readonly grantsDiffering: Counter<'upstream'>
  readonly unparsed: Counter<'code'>
  readonly auditLost: Counter
}

/** One registry a process; it outlives reloads, so that counters never jump back. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name: `countersign_${name}`, help, labelNames: [...labelNames], registers })
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name: `countersign_${name}`, help, labelNames: [...labelNames], registers })

  return {
    registry,
    requests: counter(
      'requests_total',
      'Requests by what became of them: `answered`, or the code of the fault',
      ['service', 'upstream', 'operation', 'outcome', 'owner'],
    ),
    requestDuration: new Histogram({
      name: 'countersign_request_duration_seconds',
      help: 'From the first byte of a request to the end of its answer',
      labelNames: ['upstream', 'operation'],
      buckets: seconds,
      registers,
    }),
    overhead: new Histogram({
      name: 'countersign_gateway_overhead_seconds',
      help: 'What the gateway itself took: the whole request without minting and forwarding',
      buckets: overheadSeconds,
      registers,
    }),
    mints: counter('mints_total', 'Requests to token endpoints by result: `ok`, or the code of the fault', [
      'upstream',
      'result',
    ]),
    tokenCache: counter('token_cache_total', 'Where tokens came from', ['upstream', 'result']),
    tokenSecondsToExpiry: gauge('token_seconds_to_expiry', 'Life left in the token that expires first', [
      'upstream',
    ]),
    mintWaiters: gauge('mint_waiters', 'Requests that wait for a token', ['upstream']),
    configReloads: counter('config_reloads_total', 'Changed configurations: `applied` or `refused`', [
      'result',
    ]),
    jwksAge: gauge('jwks_age_seconds', "Age of an issuer's key set", ['issuer']),
    issuerUsable: gauge('issuer_usable', "1 while an issuer's callers can be recognised", ['issuer']),
    tokenRefusals: counter('token_refusals_total', 'Tokens that an upstream answered with 401', [
      'upstream',
      'result',
    ]),
    grantsDiffering: counter(
      'grants_differing_total',
      'Tokens with other scopes or audience than asked for',
      ['upstream'],
    ),
    unparsed: counter(
      'unparsed_requests_total',
      'What never became a request, by the code it was refused with',
      ['code'],
    ),
    auditLost: counter('audit_lost_total', 'Audit lines that could not be written and were not required', []),
  }
}
