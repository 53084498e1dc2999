import type { Entry } from '../entry.ts'
import { closeTrace } from '../trace/close-trace.ts'
import { auditLine } from './audit-line.ts'
import type { AuditLog } from './audit-log.ts'
import type { Metrics } from './metrics.ts'

/**
 * Closes a request: writes its one `close` line, counts it, and only then lets the last byte of the answer go.
 *
 * @throws {Fault} `audit.unavailable` when the line cannot be written. Had the call been made, its answer is
 * broken off instead: `audit.unavailable` promises a caller that nothing was sent
 */
export async function record(entry: Entry, log: AuditLog, metrics: Metrics): Promise<void> {
  try {
    await log.append(auditLine('close', entry))
  } catch (error) {
    if (entry.attempts > 0) entry.res.destroy()
    throw entry.fail(error)
  } finally {
    count(entry, metrics)
    closeTrace(entry)
  }
  const { forwarded, answered } = entry.facts
  ;(forwarded ?? answered)?.end()
}

function count(entry: Entry, metrics: Metrics): void {
  const { facts, fault, durations } = entry
  const route = facts.route ?? facts.target
  const upstream = route?.upstream ?? ''
  const operation = route?.operation.name ?? ''
  const service = facts.caller?.service?.name ?? ''
  if (facts.grant?.verdict === 'shadow') metrics.shadowed.inc({ service, upstream, operation })
  const { code = 'answered', owner = '' } = fault ?? {}
  metrics.countRequest(service, code, owner, upstream, operation)
  const total = entry.elapsed()
  metrics.observeDuration(total / 1000, upstream, operation)
  const elsewhere = (durations.minted ?? 0) + (durations.forwarded ?? 0)
  if (fault === undefined) metrics.observeOverhead((total - elsewhere) / 1000)
}
