import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { boundCounter } from './bound-counter.ts'
import { boundHistogram } from './bound-histogram.ts'

/** The gateway's metrics. Labels are names from the configuration, never a subject, a path or a token. */
export interface Metrics
  extends ReturnType<typeof requestMetrics>,
    ReturnType<typeof listenerMetrics>,
    ReturnType<typeof dependencyMetrics>,
    ReturnType<typeof guardMetrics> {
  readonly registry: Registry
}

/** One registry a process; it outlives reloads, so that counters never jump back. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    ...requestMetrics(registry),
    ...listenerMetrics(registry),
    ...dependencyMetrics(registry),
    ...guardMetrics(registry),
  }
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const overheadSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1]

/** What callers see. */
function requestMetrics(registry: Registry) {
  return {
    countRequest: boundCounter(registry, {
      name: 'countersign_requests_total',
      help: 'Requests by outcome: `answered`, or the code of the fault',
      // The one of thousands first, and those of few values before those of many: so they are found in few maps.
      labelNames: ['service', 'outcome', 'owner', 'upstream', 'operation'],
    }),
    shadowed: counter(registry, 'shadowed_total', 'Would-be denials that the shadow mode let through', [
      'service',
      'upstream',
      'operation',
    ]),
    observeDuration: boundHistogram(
      registry,
      {
        name: 'countersign_request_duration_seconds',
        help: 'From the first byte of a request to the end of its answer',
        labelNames: ['upstream', 'operation'],
      },
      seconds,
    ),
    observeOverhead: boundHistogram(
      registry,
      {
        name: 'countersign_gateway_overhead_seconds',
        help: 'What the gateway itself took: the whole request without minting and forwarding',
        labelNames: [],
      },
      overheadSeconds,
    ),
    echoes: counter(registry, 'echoes_total', 'Answers that quoted our credential, which was masked', [
      'upstream',
    ]),
    webhookHandshakes: counter(
      registry,
      'webhook_handshakes_total',
      'Handshakes of webhook subscriptions, most of which are not on record',
      ['upstream'],
    ),
    auditHead: gauge(registry, 'audit_head', 'Number of the last audit line; the label is its MAC', ['mac']),
    auditLost: counter(
      registry,
      'audit_lost_total',
      'Audit lines that could not be written, and need not be',
      [],
    ),
  }
}

/** What becomes of connections before there is a request. */
function listenerMetrics(registry: Registry) {
  return {
    unparsed: counter(registry, 'unparsed_requests_total', 'What never became a request, by code', ['code']),
    certificateEnds: gauge(
      registry,
      'certificate_not_after_timestamp_seconds',
      'When the certificate of a listener ends, in seconds since the Unix epoch',
      ['listener'],
    ),
  }
}

/** What the gateway lives on: issuers, token endpoints, its configuration. */
function dependencyMetrics(registry: Registry) {
  return {
    mints: counter(registry, 'mints_total', 'Requests to token endpoints: `ok`, or the code of the fault', [
      'upstream',
      'result',
    ]),
    countTokenUse: boundCounter(registry, {
      name: 'countersign_token_cache_total',
      help: 'Where tokens came from',
      labelNames: ['upstream', 'result'],
    }),
    tokenSecondsToExpiry: gauge(
      registry,
      'token_seconds_to_expiry',
      'Life left in the token that expires first',
      ['upstream'],
    ),
    tokenRefusals: counter(registry, 'token_refusals_total', 'Tokens that an upstream answered with 401', [
      'upstream',
      'result',
    ]),
    grantsDiffering: counter(
      registry,
      'grants_differing_total',
      'Tokens with other scopes, audience or life than asked',
      ['upstream'],
    ),
    credentialChanges: counter(
      registry,
      'credential_changes_total',
      'Changed credentials of upstreams: `adopted`, `refused`, or `fallback` to the one before',
      ['upstream', 'result'],
    ),
    credentialAge: gauge(
      registry,
      'credential_age_seconds',
      'Since when a secret of an upstream is what it is',
      ['upstream', 'secret'],
    ),
    mintWaiters: gauge(registry, 'mint_waiters', 'Requests that wait for a token', ['upstream']),
    configReloads: counter(
      registry,
      'config_reloads_total',
      'Changed configurations: `applied` or `refused`',
      ['result'],
    ),
    jwksAge: gauge(registry, 'jwks_age_seconds', "Age of an issuer's key set", ['issuer']),
    webSockets: gauge(registry, 'websockets_open', 'WebSockets that are open', ['upstream']),
    issuerUsable: gauge(registry, 'issuer_usable', "1 while an issuer's callers can be recognised", [
      'issuer',
    ]),
  }
}

/** How upstreams fare, and what is kept from them. */
function guardMetrics(registry: Registry) {
  return {
    upstreamCalls: gauge(registry, 'upstream_calls', 'Calls being made', ['upstream']),
    upstreamWaiting: gauge(registry, 'upstream_waiting', 'Callers that wait for a place or for the token', [
      'upstream',
    ]),
    upstreamRetries: counter(
      registry,
      'upstream_retries_total',
      'Calls that were tried once more, since nothing of them was sent; by the fault that they met',
      ['upstream', 'because'],
    ),
    circuit: gauge(registry, 'circuit_state', '0 closed, 1 being tried again, 2 open', ['upstream']),
    circuitOpenings: counter(registry, 'circuit_openings_total', 'How often an upstream was left alone', [
      'upstream',
    ]),
  }
}

function counter<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labels: readonly Label[],
) {
  return new Counter<Label>({
    name: `countersign_${name}`,
    help,
    labelNames: [...labels],
    registers: [registry],
  })
}

function gauge<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labels: readonly Label[],
) {
  return new Gauge<Label>({
    name: `countersign_${name}`,
    help,
    labelNames: [...labels],
    registers: [registry],
  })
}
