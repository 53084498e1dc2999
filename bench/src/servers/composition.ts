import { presets } from '@countersign/auth-core'
import { createApp } from '@countersign/gateway/src/app.ts'
import { setUpCollector } from '@countersign/gateway/src/collector.ts'
import { loadConfig } from '@countersign/gateway/src/config/load.ts'
import type { Answer } from '@countersign/gateway/src/forward/answer.ts'
import { forward } from '@countersign/gateway/src/forward/forward.ts'
import type { ForwardTarget } from '@countersign/gateway/src/forward/forwarding.ts'
import { createUpstreamProxy } from '@countersign/gateway/src/forward/upstream-proxy.ts'
import type { Gateway } from '@countersign/gateway/src/gateway.ts'
import { createDataServer } from '@countersign/gateway/src/listen/data-server.ts'
import { auditLine } from '@countersign/gateway/src/record/audit-line.ts'
import { openAuditLog } from '@countersign/gateway/src/record/file-audit-log.ts'
import { createMetrics } from '@countersign/gateway/src/record/metrics.ts'
import { createRuntime } from '@countersign/gateway/src/runtime/runtime.ts'
import { Pool } from 'undici'
import { announce } from './announce.ts'

// The gateway as its process composes it, less the parts named after the configuration: for ablation only.
const [path = '', ...without] = process.argv.slice(2)
const off = (part: string): boolean => without.includes(part)

setUpCollector()
const config = loadConfig(path, { env: process.env, presets })
const { file, required } = config.gateway.audit
const upstream = new URL([...config.upstreams.values()][0]?.url ?? '')
const onLost = (error: unknown): void => {
  throw error
}
const opened = openAuditLog({ file, required, onLost })
const audit = off('audit')
  ? { write() {}, append: async () => {}, isFailing: false, head: opened.head.bind(opened), close() {} }
  : opened
const metrics = createMetrics()
const runtime = createRuntime({ metrics, audit, warn() {}, report() {} })
runtime.apply(config)
const unlimited: ForwardTarget = {
  proxy: createUpstreamProxy(upstream, new Pool(upstream.origin, { connections: 128, headersTimeout: 0 })),
  tokens: { mint: rejects, replace: rejects, accepted() {} },
  timeouts: { firstByteMs: 30_000, idleMs: 60_000, totalMs: 300_000 },
  maxBodyBytes: Number.POSITIVE_INFINITY,
}
const gateway = reduced(runtime.gateway())
announce(
  createDataServer(
    createApp(() => gateway),
    { tls: undefined, timeouts: config.gateway.timeouts, onUnparsed() {} },
  ),
)

function rejects(): Promise<never> {
  return Promise.reject(new TypeError('the bench never mints here'))
}

/** The gateway's own forwarding with a target of the bench's: the configuration has no say in the body's length. */
function forwardAnyLength(...[entry, route, grant, minted]: Parameters<Gateway['forward']>): Promise<Answer> {
  const { req, res, requestId, trace } = entry
  return forward(unlimited, { req, res, requestId, trace, target: route.target, grant, minted })
}

function reduced(whole: Gateway): Gateway {
  return {
    identify: off('identify') ? remembered(whole.identify) : whole.identify,
    route: off('route') ? remembered(whole.route) : whole.route,
    authorize: off('authorize') ? remembered(whole.authorize) : whole.authorize,
    mint: off('mint') ? remembered(whole.mint) : whole.mint,
    forward: off('body-limit') ? forwardAnyLength : whole.forward,
    own: whole.own,
    async record(entry) {
      if (!off('record') && !off('metrics')) return whole.record(entry)
      if (!off('record')) await audit.append(auditLine('close', entry))
      entry.facts.forwarded?.end()
    },
  }
}

/** A step that answers everyone as it answered the first whom it need not make wait: as little as it can cost. */
function remembered<Arguments extends unknown[], Result>(
  step: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  let known: { readonly result: Result } | undefined
  return (...given) => {
    if (known) return known.result
    const result = step(...given)
    if (!(result instanceof Promise)) known = { result }
    return result
  }
}
