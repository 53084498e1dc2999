import { createTestAuthority } from '@countersign/testkit'
import { pino } from 'pino'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { LoadedConfig } from './config/loaded-config.ts'
import { createMetrics } from './record/metrics.ts'
import { watchCertificates } from './watch-certificates.ts'

const daySeconds = 86_400

it('a certificate is told of when it is about to end and when it has, once each; one in its place begins anew', async () => {
  const authority = await createTestAuthority()
  const config = async (validUntil: number, validFrom = -60) => {
    const { cert } = await authority.issue({ validFrom, validUntil })
    return { gateway: { tls: { cert } } } as LoadedConfig
  }
  const year = await config(365 * daySeconds)
  const hour = await config(8 * daySeconds + 3600, 8 * daySeconds)
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const said: string[] = []
  const log = pino({}, { write: (line) => void said.push((JSON.parse(line) as { msg: string }).msg) })
  const metrics = createMetrics()
  const watch = watchCertificates({ metrics, log })
  const later = (days: number) => {
    vi.setSystemTime(Date.now() + days * daySeconds * 1000)
    vi.advanceTimersByTime(120_000)
    return said.splice(0)
  }

  watch.use(year)
  expect(later(357)).toEqual([])
  expect(later(2)).toEqual(['the certificate ends soon: replace its files'])
  expect(later(1)).toEqual([])
  watch.use(year)
  expect(later(6)).toEqual(['the certificate has ended: callers refuse it'])

  // It lives for an hour, so that a week before its end says nothing.
  vi.setSystemTime(Date.now() - 358 * daySeconds * 1000)
  watch.use(hour)
  expect(said.splice(0)).toEqual([])
  expect(later(0)).toEqual([])
  expect(later(1 / 24)).toEqual(['the certificate has ended: callers refuse it'])
  expect(await metrics.registry.metrics()).toMatch(
    /countersign_certificate_not_after_timestamp_seconds\{listener="data"\} \d+/,
  )
})
