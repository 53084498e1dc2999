import { X509Certificate } from 'node:crypto'
import type { Logger } from 'pino'
import type { LoadedConfig } from './config/loaded-config.ts'
import type { Metrics } from './record/metrics.ts'

const intervalMs = 60_000
/** When a certificate that will end is told of: its last week, or the last tenth of a life that is renewed sooner. */
const lastMs = 7 * 24 * 3_600_000
const lastShare = 0.1

type Stage = 'fine' | 'ending' | 'ended'

interface Watched {
  readonly pem: string
  readonly notBefore: Date
  readonly notAfter: Date
  told: Stage
}

/** The certificates that the listeners show. */
interface CertificateWatch {
  /** Watches those of this configuration from now on. */
  use(config: LoadedConfig): void
}

/**
 * Tells that a listener's certificate is about to end, and that it has. Nothing else would: the gateway goes on, every
 * handshake fails with the caller, and no call gets as far as the record.
 */
export function watchCertificates({
  metrics,
  log,
}: {
  readonly metrics: Pick<Metrics, 'certificateEnds'>
  readonly log: Logger
}): CertificateWatch {
  const watched = new Map<string, Watched>()

  function look(): void {
    for (const [listener, certificate] of watched) {
      const stage = stageOf(certificate, Date.now())
      if (stage === certificate.told) continue
      certificate.told = stage
      const facts = { listener, not_after: certificate.notAfter.toISOString() }
      if (stage === 'ended') log.error(facts, 'the certificate has ended: callers refuse it')
      else if (stage === 'ending') log.warn(facts, 'the certificate ends soon: replace its files')
    }
  }
  setInterval(look, intervalMs).unref()
  return {
    use({ gateway }) {
      const shown = { data: gateway.tls?.cert, public: gateway.public?.tls?.cert }
      for (const [listener, pem] of Object.entries(shown)) {
        if (pem === undefined || watched.get(listener)?.pem === pem) continue
        const { validFromDate: notBefore, validToDate: notAfter } = new X509Certificate(pem)
        watched.set(listener, { pem, notBefore, notAfter, told: 'fine' })
        metrics.certificateEnds.set({ listener }, notAfter.getTime() / 1000)
      }
      look()
    },
  }
}

function stageOf({ notBefore, notAfter }: Watched, now: number): Stage {
  const left = notAfter.getTime() - now
  if (left <= 0) return 'ended'
  const life = notAfter.getTime() - notBefore.getTime()
  return left <= Math.min(lastMs, lastShare * life) ? 'ending' : 'fine'
}
