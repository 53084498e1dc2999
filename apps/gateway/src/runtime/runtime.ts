import type { IncomingMessage } from 'node:http'
import type { Fault, Identity, Issuer } from '@countersign/auth-core'
import { createMemoryLimiter } from '../authorize/memory-limiter.ts'
import { createDecisionPoint, type DecisionPoint } from '../authzen/decision-point.ts'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { type ConsentTarget, consentTargets } from '../connect/consent-target.ts'
import { createTokenSearch } from '../edge/stray-token.ts'
import { targetFinderOf } from '../exchange/find-target.ts'
import { Tunnels } from '../forward/tunnels.ts'
import { createGateway, type Gateway, type GuardedTarget } from '../gateway.ts'
import { createOperatorCheck } from '../identify/operator.ts'
import { type MetadataDocuments, metadataDocuments } from '../metadata/documents.ts'
import type { AuditLog } from '../record/audit-log.ts'
import type { Metrics } from '../record/metrics.ts'
import { gatewayHostOf } from '../route/gateway-host.ts'
import { createRouteTable } from '../route/route-table.ts'
import type { AccountStore } from '../store/account-store.ts'
import { type WebhookTarget, webhookTargets } from '../webhook/webhook-target.ts'
import { createVerifier } from './create-verifier.ts'
import { measure } from './measure.ts'
import { type Readiness, readinessOf } from './readiness.ts'
import { createIssuerSetup } from './set-up-issuer.ts'
import { createUpstreamSetup, type Upstream } from './set-up-upstream.ts'
import { stillGranted } from './still-granted.ts'

/** What a process needs to run configurations one after the other. */
export interface RuntimeOptions {
  readonly metrics: Metrics
  readonly audit: AuditLog
  /** Where consented accounts are; needed by configurations with such upstreams. */
  readonly accounts?: AccountStore | undefined
  readonly warn: (facts: Record<string, unknown>, message: string) => void
  /** Told of a defect of the gateway itself, with the error behind it. */
  readonly report: (fault: Fault, requestId: string) => void
}

/** The configuration in force, and what it was made into. */
export interface Runtime {
  /** Puts a configuration in force. Requests under way finish with the one they began with, or are refused. */
  apply(config: LoadedConfig): void
  gateway(): Gateway
  /** The operator who asks. @throws {Fault} `identity.*`, `policy.refused` */
  operator(req: IncomingMessage): Promise<Identity>
  /** Answers what the gateway would decide. */
  decisions(): DecisionPoint
  /** The upstreams that want an administrator's consent. */
  consentTargets(): ReadonlyMap<string, ConsentTarget>
  /** The upstreams whose deliveries are taken. */
  webhookTargets(): ReadonlyMap<string, WebhookTarget>
  readiness(): Readiness
  /** Brings gauges up to date; for a scrape. */
  measure(): void
  /** Ends WebSockets that are still open after so long. */
  endTunnelsAfter(ms: number): void
  close(): Promise<void>
}

interface InForce {
  readonly gateway: Gateway
  readonly issuers: readonly Issuer[]
  readonly upstreams: readonly Upstream[]
  readonly secretTimes: LoadedConfig['secretTimes']
  readonly operator: Runtime['operator']
  readonly decisions: DecisionPoint
  readonly consents: ReadonlyMap<string, ConsentTarget>
  readonly webhooks: ReadonlyMap<string, WebhookTarget>
}

const systemClock = { now: () => Date.now() }

/** Creates a runtime without a configuration; {@link Runtime.apply} gives it the first one. */
export function createRuntime(options: RuntimeOptions): Runtime {
  const { metrics, audit, accounts, warn, report } = options
  const setUpIssuer = createIssuerSetup({ clock: systemClock })
  const tunnels = new Tunnels((upstream, by) => metrics.webSockets.inc({ upstream }, by))
  const setUpUpstream = createUpstreamSetup({ clock: systemClock, metrics, accounts, tunnels, warn })
  const limiter = createMemoryLimiter()
  let current: InForce | undefined

  function inForce() {
    if (!current) throw new TypeError('no configuration has been applied yet')
    return current
  }

  return {
    apply(config) {
      const issuers = [...config.issuers.values()].map(setUpIssuer.setUp)
      const upstreams = [...config.upstreams.values()].map(setUpUpstream.setUp)
      const verify = createVerifier(config, issuers, systemClock)
      const targets = new Map<string, GuardedTarget>(upstreams.map((upstream) => [upstream.name, upstream]))
      const gateway = createGateway({
        verify,
        holdsToken: createTokenSearch(issuers.map(({ issuer }) => issuer)),
        policy: config.policy,
        isInForce: () => current?.gateway === gateway,
        limiter,
        routes: createRouteTable(upstreams, gatewayHostOf(config.gateway)),
        targets,
        findTarget: targetFinderOf(config),
        metadata: metadataOf(config),
        audit,
        metrics,
        report,
      })
      current = {
        gateway,
        issuers,
        upstreams,
        secretTimes: config.secretTimes,
        operator: createOperatorCheck({ verify, operators: config.gateway.operators }),
        decisions: createDecisionPoint(config, systemClock.now),
        consents: consentTargets(config),
        webhooks: webhookTargets(config),
      }
      setUpIssuer.settle()
      setUpUpstream.settle()
      tunnels.keepWhile(stillGranted(gateway, config.policy))
      warnOfShadow(config, warn)
    },
    gateway: () => inForce().gateway,
    operator: async (req) => await inForce().operator(req),
    decisions: () => inForce().decisions,
    consentTargets: () => inForce().consents,
    webhookTargets: () => inForce().webhooks,
    readiness: () => readinessOf(inForce()),
    measure: () => measure(metrics, { audit, ...inForce() }),
    endTunnelsAfter: (ms) => tunnels.endAfter(ms),
    close: () => setUpUpstream.close(),
  }
}

function warnOfShadow({ warnings }: LoadedConfig, warn: RuntimeOptions['warn']): void {
  for (const { kind, position, message } of warnings) if (kind === 'shadow-mode') warn({ position }, message)
}

function metadataOf({ gateway, issuers, policy }: LoadedConfig): MetadataDocuments {
  const servers = [...issuers.values()].filter(({ kind }) => kind === 'jwt')
  return metadataDocuments({
    url: gateway.url,
    issuers: servers.map(({ issuer }) => issuer),
    exchanges: [...policy.services.values()].some(({ releases }) => releases.size > 0),
  })
}
