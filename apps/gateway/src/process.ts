import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { presets } from '@countersign/auth-core'
import { type Logger, pino } from 'pino'
import { createAdmin } from './admin.ts'
import { createApp } from './app.ts'
import type { LoadedConfig } from './config/loaded-config.ts'
import type { ListenAddress } from './config/schema/listen-address.ts'
import { watchConfig } from './config/watch.ts'
import { createFetch } from './fetch.ts'
import { closeGracefully } from './listen/close-gracefully.ts'
import { createDataServer, renewCertificate } from './listen/data-server.ts'
import { openAuditLog } from './record/audit-log.ts'
import { createMetrics, type Metrics } from './record/metrics.ts'
import { createRuntime, type Runtime } from './runtime/runtime.ts'

/** How long calls in flight may go on after a signal, in milliseconds. */
const drainMs = 10_000
const tokenEndpointLimits = { connectMs: 2_000, totalMs: 10_000, maxBytes: 2 * 1024 * 1024 }

/** Where the process listens: what the configuration says, unless the command line says otherwise. */
export interface Listeners {
  readonly listen: ListenAddress
  readonly admin: ListenAddress
}

/** Runs the gateway with this configuration until a signal ends it. */
export async function startProcess(config: LoadedConfig, listeners: Listeners): Promise<void> {
  const log = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  )
  const metrics = createMetrics()
  const audit = openAuditLog({
    file: config.gateway.audit.file,
    required: config.gateway.audit.required,
    onLost(error) {
      metrics.auditLost.inc()
      log.error({ error: String(error) }, 'an audit line was lost')
    },
  })
  const runtime = createRuntime({
    metrics,
    audit,
    fetch: createFetch(tokenEndpointLimits),
    warn: (facts, message) => log.warn(facts, message),
    report: ({ cause }, requestId) =>
      log.error({ err: cause, request_id: requestId }, 'a defect of the gateway'),
  })
  runtime.apply(config)

  const onUnparsed = (code: string) => metrics.unparsed.inc({ code })
  const data = createDataServer(createApp(runtime.gateway), config.gateway.tls, onUnparsed)
  const admin = createServer(createAdmin(runtime, metrics))
  await listen(admin, listeners.admin)
  await listen(data, listeners.listen)
  const scheme = config.gateway.tls ? 'https' : 'http'
  log.info({ data: `${scheme}://${addressOf(data)}`, admin: `http://${addressOf(admin)}` }, 'listening')

  const watch = watchChanges(config, { runtime, metrics, log, data })
  const signal = await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  log.info({ signal: signal[0] ?? 'signal' }, 'draining: no new calls, those in flight finish')
  watch.close()
  const [finished] = await Promise.all([closeGracefully(data, drainMs), closeGracefully(admin, drainMs)])
  await runtime.close()
  audit.close()
  if (finished) log.info('stopped')
  else log.error(`calls were still in flight after ${drainMs / 1000} s and were cut`)
  process.exitCode = finished ? 0 : 1
}

interface Watched {
  readonly runtime: Runtime
  readonly metrics: Metrics
  readonly log: Logger
  readonly data: Server
}

/** Puts every good change in force and says why a bad one is not. */
function watchChanges(first: LoadedConfig, { runtime, metrics, log, data }: Watched) {
  return watchConfig(first, {
    env: process.env,
    presets,
    onChange(config) {
      runtime.apply(config)
      renewCertificate(data, config.gateway.tls)
      metrics.configReloads.inc({ result: 'applied' })
      log.info('a changed configuration is in force')
      for (const setting of fixedSettings) {
        if (JSON.stringify(config.gateway[setting]) === JSON.stringify(first.gateway[setting])) continue
        log.warn({ setting: `gateway.${setting}` }, 'this setting takes effect at the next start')
      }
    },
    onFault({ faults }) {
      metrics.configReloads.inc({ result: 'refused' })
      log.error({ faults }, 'a changed configuration has faults; the last good one stays in force')
    },
  })
}

/** What belongs to the listeners and the record, which are opened once. */
const fixedSettings = ['listen', 'admin', 'audit'] as const

async function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening')
}

function addressOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`
}
