import { type ObservableTokenSource, presets } from '@countersign/auth-core'
import { buildUpstream } from '@countersign/gateway/src/config/build-upstream.ts'
import { FaultCollector } from '@countersign/gateway/src/config/fault-collector.ts'
import type { EndpointTimeouts, UpstreamConfig } from '@countersign/gateway/src/config/loaded-config.ts'
import { emptyMap } from '@countersign/gateway/src/config/located.ts'
import { upstreamSchema } from '@countersign/gateway/src/config/schema/upstreams.ts'
import { createFetch } from '@countersign/gateway/src/fetch.ts'
import { createMetrics } from '@countersign/gateway/src/record/metrics.ts'
import { createTokenSetup } from '@countersign/gateway/src/runtime/set-up-tokens.ts'

/** An entry of `upstreams:` as it stands in a configuration once references are resolved. */
export interface UpstreamSection {
  readonly preset: string
  readonly url?: string
  readonly token?: { readonly endpoint?: string }
  readonly credential: Readonly<Record<string, string>>
}

/** What an operator would be told. */
export type Warn = (facts: Record<string, unknown>, message: string) => void

/** What the gateway waits for at the most, in milliseconds, unless it is configured. */
export const gatewayTimeouts: EndpointTimeouts = { connectMs: 2_000, totalMs: 10_000 }
/** The gateway's own way out. */
export const gatewayFetch = createFetch(gatewayTimeouts)

/** An upstream as the gateway makes it of such an entry and the preset, and called by the preset's name. */
export function configuredUpstream(section: UpstreamSection): UpstreamConfig {
  const root = emptyMap({ file: 'contract', line: 1, column: 1 })
  const faults = new FaultCollector()
  const upstream = buildUpstream(section.preset, upstreamSchema.parse(section), { presets, root, faults })
  if (upstream === undefined) throw new Error(`the configuration of ${section.preset} leaves something open`)
  return upstream
}

/** The source of tokens that the gateway would have for such an entry. */
export function configuredTokens(section: UpstreamSection, warn: Warn = () => {}): ObservableTokenSource {
  const surroundings = { clock: Date, metrics: createMetrics(), warn }
  const tokens = createTokenSetup(surroundings).tokensFor(configuredUpstream(section))
  if (tokens === undefined) throw new Error(`${section.preset} has no tokens`)
  return tokens
}
