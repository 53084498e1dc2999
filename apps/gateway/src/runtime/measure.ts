import type { Issuer } from '@countersign/auth-core'
import type { SecretTimes } from '../config/secret-times.ts'
import type { AuditLog } from '../record/audit-log.ts'
import type { Metrics } from '../record/metrics.ts'
import { issuerStates } from './readiness.ts'
import type { Upstream } from './set-up-upstream.ts'

/** What gauges are read from. */
export interface Measured {
  readonly audit: AuditLog
  readonly issuers: readonly Issuer[]
  readonly upstreams: readonly Upstream[]
  readonly secretTimes: SecretTimes
}

/** Brings gauges up to date; for a scrape. */
export function measure(metrics: Metrics, { audit, issuers, upstreams, secretTimes }: Measured): void {
  // What is not there any more, an issuer that a reload removed say, must not keep its last value.
  for (const gauge of readAnew(metrics)) gauge.reset()
  const { seq, mac } = audit.head()
  if (seq > 0) metrics.auditHead.set({ mac }, seq)
  for (const { name, keys } of issuers) {
    const age = keys.ageMs()
    if (age !== undefined) metrics.jwksAge.set({ issuer: name }, age / 1000)
  }
  for (const { name, tokens, places, circuit } of upstreams) {
    metrics.upstreamCalls.set({ upstream: name }, places.taken)
    metrics.upstreamWaiting.set({ upstream: name }, places.waiting)
    metrics.circuit.set({ upstream: name }, circuit?.reading().number ?? 0)
    const expiry = tokens.soonestExpiry()
    if (expiry !== undefined)
      metrics.tokenSecondsToExpiry.set({ upstream: name }, (expiry - Date.now()) / 1000)
  }
  for (const [upstream, secrets] of secretTimes) {
    for (const [secret, since] of secrets) {
      metrics.credentialAge.set({ upstream, secret }, (Date.now() - since) / 1000)
    }
  }
  for (const [name, state] of Object.entries(issuerStates(issuers))) {
    metrics.issuerUsable.set({ issuer: name }, state.startsWith('failing') ? 0 : 1)
  }
}

/** The gauges that are read here, and nowhere counted up and down. */
function readAnew(metrics: Metrics) {
  const { auditHead, credentialAge, tokenSecondsToExpiry } = metrics
  const { jwksAge, issuerUsable, upstreamCalls, upstreamWaiting, circuit } = metrics
  const ofUpstreams = [credentialAge, tokenSecondsToExpiry, upstreamCalls, upstreamWaiting, circuit]
  return [auditHead, jwksAge, issuerUsable, ...ofUpstreams]
}
