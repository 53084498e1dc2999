import type { Metrics } from '../record/metrics.ts'

/**
 * Shows counters before there is anything to count. Prometheus sees no increase in a series that begins with 1: an alert
 * on the first configuration, grant or credential that is refused would not go off.
 */
export function beginAtZero(metrics: Metrics, upstream: string): void {
  for (const result of ['applied', 'refused']) metrics.configReloads.inc({ result }, 0)
  metrics.grantsDiffering.inc({ upstream }, 0)
  for (const result of ['adopted', 'refused', 'fallback'])
    metrics.credentialChanges.inc({ upstream, result }, 0)
}
