import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { presets } from '@countersign/auth-core'
import type { Logger } from 'pino'
import { createAdmin } from './admin.ts'
import { createApp } from './app.ts'
import { authzenRoutes } from './authzen/authzen-routes.ts'
import { setUpCollector } from './collector.ts'
import type { LoadedConfig, TlsConfig } from './config/loaded-config.ts'
import type { ListenAddress } from './config/schema/listen-address.ts'
import { watchConfig } from './config/watch.ts'
import { createLog } from './create-log.ts'
import { ending, hearHangup } from './heard-signals.ts'
import { closeGracefully } from './listen/close-gracefully.ts'
import { createDataServer, renewCertificate } from './listen/data-server.ts'
import { asksForCertificates, dataTls, publicTls } from './listen/listener-tls.ts'
import { outwardRoutes } from './listen/outward-routes.ts'
import { createPublic } from './public.ts'
import type { AuditLog } from './record/audit-log.ts'
import { openAuditLog } from './record/file-audit-log.ts'
import { createMetrics, type Metrics } from './record/metrics.ts'
import { createRuntime, type Runtime } from './runtime/runtime.ts'
import { createRekey } from './store/create-rekey.ts'
import { type FileAccountStore, openAccountStore } from './store/open-account-store.ts'
import { watchCertificates } from './watch-certificates.ts'
import { watchDescriptors } from './watch-descriptors.ts'

/** How long calls in flight may go on after a signal, in milliseconds. */
const drainMs = 10_000
/** WebSockets end by themselves or at this time: they are no calls that were cut. */
const tunnelDrainMs = 9_000

/** Where the process listens: what the configuration says, unless the command line says otherwise. */
export interface Listeners {
  readonly listen: ListenAddress
  readonly admin: ListenAddress
}

/** Runs the gateway with this configuration until a signal ends it. */
export async function startProcess(config: LoadedConfig, listeners: Listeners): Promise<void> {
  setUpCollector()
  const log = createLog()
  const metrics = createMetrics()
  const audit = openRecord(config, metrics, log)
  const { store, public: open } = config.gateway
  const accounts = store && (await openAccountStore(store))
  const runtime = createRuntime({
    metrics,
    audit,
    accounts,
    warn: (facts, message) => log.warn(facts, message),
    report: ({ cause }, requestId) =>
      log.error({ err: cause, request_id: requestId }, 'a defect of the gateway'),
  })
  runtime.apply(config)
  warnOfListeners(config, listeners, log)

  const common = {
    timeouts: config.gateway.timeouts,
    onUnparsed: (code: string) => metrics.unparsed.inc({ code }),
  }
  const data = createDataServer(createApp(runtime.gateway), { ...common, tls: dataTls(config) })
  const routes = await outwardRoutes({ runtime, audit, metrics, accounts, open })
  const decisions = authzenRoutes({ operatorOf: runtime.operator, decisions: runtime.decisions })
  const admin = createDataServer(createAdmin(runtime, metrics, [decisions, ...routes.admin]), {
    ...common,
    tls: undefined,
  })
  const outside =
    open && createDataServer(createPublic(routes.public), { ...common, tls: publicTls(open.tls) })
  await listen(admin, listeners.admin)
  await listen(data, listeners.listen)
  if (outside) await listen(outside, open.listen)
  const addresses = {
    data: urlOf(data, config.gateway.tls),
    admin: urlOf(admin),
    ...(outside && { public: urlOf(outside, open.tls) }),
  }
  const watch = watchChanges(config, { listeners, runtime, metrics, log, data, outside, accounts })
  hearHangup(() => watch.poll())
  watchDescriptors(log)
  log.info(addresses, 'listening')
  const signal = await ending
  log.info({ signal }, 'draining: no new calls, those in flight finish')
  watch.close()
  runtime.endTunnelsAfter(tunnelDrainMs)
  const servers = outside ? [data, admin, outside] : [data, admin]
  const drained = await Promise.all(servers.map((server) => closeGracefully(server, drainMs)))
  const finished = drained.every(Boolean)
  await runtime.close()
  audit.close()
  if (finished) log.info('stopped')
  else log.error(`calls were still in flight after ${drainMs / 1000} s and were cut`)
  process.exitCode = finished ? 0 : 1
}

function openRecord({ gateway }: LoadedConfig, metrics: Metrics, log: Logger): AuditLog {
  const { required } = gateway.audit
  return openAuditLog({
    ...gateway.audit,
    onLost(error) {
      metrics.auditLost.inc()
      log.error({ error: String(error) }, 'an audit line was lost')
    },
    onTurn(error) {
      if (error === undefined) log.warn('the record can be written again')
      else log.error({ error: String(error), required }, 'the record cannot be written')
    },
  })
}

interface Watched {
  readonly listeners: Listeners
  readonly runtime: Runtime
  readonly metrics: Metrics
  readonly log: Logger
  readonly data: Server
  readonly outside: Server | undefined
  readonly accounts: FileAccountStore | undefined
}

/** Puts every good change in force and says why a bad one is not. */
function watchChanges(first: LoadedConfig, watched: Watched) {
  const { listeners, runtime, metrics, log, data, outside, accounts } = watched
  const rekey = accounts && createRekey(accounts, log)
  const certificates = watchCertificates({ metrics, log })
  certificates.use(first)
  return watchConfig(first, {
    env: process.env,
    presets,
    onChange(config) {
      runtime.apply(config)
      const { store, public: open } = config.gateway
      renewCertificate(data, dataTls(config))
      if (outside) renewCertificate(outside, publicTls(open?.tls))
      certificates.use(config)
      if (store) rekey?.(store.keys)
      metrics.configReloads.inc({ result: 'applied' })
      log.info('a changed configuration is in force')
      warnOfListeners(config, listeners, log)
      for (const setting of fixedSettings) {
        if (settled(config, setting) === settled(first, setting)) continue
        log.warn({ setting: `gateway.${setting}` }, 'this setting takes effect at the next start')
      }
    },
    onFault({ faults }) {
      metrics.configReloads.inc({ result: 'refused' })
      log.error({ faults }, 'a changed configuration has faults; the last good one stays in force')
    },
    onDefect(error) {
      metrics.configReloads.inc({ result: 'refused' })
      log.error({ err: error }, 'a defect of the gateway: the last good configuration stays in force')
    },
  })
}

/** Not of what the command line has taken back to loopback. */
function warnOfListeners({ warnings }: LoadedConfig, { admin }: Listeners, log: Logger): void {
  for (const { kind, position, message, hint } of warnings) {
    if (kind === 'admin-in-clear' && !admin.loopback) log.warn({ position, hint }, message)
  }
}

/** What belongs to the listeners and the record, which are opened once. */
const fixedSettings = ['listen', 'tls', 'admin', 'public', 'timeouts', 'store', 'audit'] as const

/** A setting in a form to compare by; what takes effect at once is not in it. */
function settled(config: LoadedConfig, setting: (typeof fixedSettings)[number]): string {
  const { gateway } = config
  if (setting === 'tls') return JSON.stringify([gateway.tls !== undefined, asksForCertificates(config)])
  if (setting === 'store') return String(gateway.store?.file)
  if (setting === 'public') return JSON.stringify([gateway.public?.listen, gateway.public !== undefined])
  return JSON.stringify(gateway[setting])
}

async function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening')
}

function urlOf(server: Server, tls?: TlsConfig): string {
  const { address, port, family } = server.address() as AddressInfo
  return `${tls ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
