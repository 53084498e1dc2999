import { createTokenVerifier, type Fault, type Fetch, type Issuer } from '@countersign/auth-core'
import type { LoadedConfig } from '../config/loaded-config.ts'
import type { ForwardTarget } from '../forward/forward.ts'
import { createGateway, type Gateway } from '../gateway.ts'
import type { AuditLog } from '../record/audit-log.ts'
import type { Metrics } from '../record/metrics.ts'
import { createRouteTable } from '../route/route-table.ts'
import { issuerStates, type Readiness, readinessOf } from './readiness.ts'
import { createIssuerSetup } from './set-up-issuer.ts'
import { createUpstreamSetup, type Upstream } from './set-up-upstream.ts'

/** What a process needs to run configurations one after the other. */
export interface RuntimeOptions {
  readonly metrics: Metrics
  readonly audit: AuditLog
  readonly fetch: Fetch
  readonly warn: (facts: Record<string, unknown>, message: string) => void
  /** Told of a defect of the gateway itself, with the error behind it. */
  readonly report: (fault: Fault, requestId: string) => void
}

/** The configuration in force, and what it was made into. */
export interface Runtime {
  /** Puts a configuration in force. Requests under way finish with the one they began with. */
  apply(config: LoadedConfig): void
  gateway(): Gateway
  readiness(): Readiness
  /** Brings gauges up to date; for a scrape. */
  measure(): void
  close(): Promise<void>
}

const systemClock = { now: () => Date.now() }

/** Creates a runtime without a configuration; {@link Runtime.apply} gives it the first one. */
export function createRuntime({ metrics, audit, fetch, warn, report }: RuntimeOptions): Runtime {
  const setUpIssuer = createIssuerSetup({ clock: systemClock, fetch })
  const setUpUpstream = createUpstreamSetup({ clock: systemClock, fetch, metrics, warn })
  let current: { gateway: Gateway; issuers: readonly Issuer[]; upstreams: readonly Upstream[] } | undefined

  function inForce() {
    if (!current) throw new TypeError('no configuration has been applied yet')
    return current
  }

  return {
    apply(config) {
      const issuers = [...config.issuers.values()].map(setUpIssuer.setUp)
      const upstreams = [...config.upstreams.values()].map(setUpUpstream.setUp)
      const verifier = createTokenVerifier({ audience: config.gateway.audience, issuers, clock: systemClock })
      const targets = new Map<string, ForwardTarget>(upstreams.map((upstream) => [upstream.name, upstream]))
      const gateway = createGateway({
        verify: (token) => verifier.verify(token),
        policy: config.policy,
        routes: createRouteTable(upstreams, hostOf(config.gateway.audience)),
        targets,
        audit,
        metrics,
        report,
      })
      current = { gateway, issuers, upstreams }
      setUpIssuer.settle()
      setUpUpstream.settle()
    },
    gateway: () => inForce().gateway,
    readiness: () => readinessOf(inForce()),
    measure() {
      const { issuers, upstreams } = inForce()
      for (const { name, keys } of issuers) {
        const age = keys.ageMs()
        if (age !== undefined) metrics.jwksAge.set({ issuer: name }, age / 1000)
      }
      for (const { name, tokens } of upstreams) {
        const expiry = tokens.soonestExpiry()
        if (expiry !== undefined)
          metrics.tokenSecondsToExpiry.set({ upstream: name }, (expiry - Date.now()) / 1000)
      }
      for (const [name, state] of Object.entries(issuerStates(issuers))) {
        metrics.issuerUsable.set({ issuer: name }, state.startsWith('failing') ? 0 : 1)
      }
    },
    close: () => setUpUpstream.close(),
  }
}

/** The host that upstreams' own hosts end in; an audience that is no URL has none. */
function hostOf(audience: string): string {
  return URL.canParse(audience) ? new URL(audience).hostname : 'gateway.invalid'
}
