import type { LoadedConfig, WebhookConfig } from '../config/loaded-config.ts'

/** An upstream whose deliveries are taken. */
export interface WebhookTarget extends WebhookConfig {
  readonly upstream: string
}

/** Every upstream of a configuration that delivers. */
export function webhookTargets({ upstreams }: LoadedConfig): ReadonlyMap<string, WebhookTarget> {
  const targets = new Map<string, WebhookTarget>()
  for (const [upstream, { webhook }] of upstreams) {
    if (webhook !== undefined) targets.set(upstream, { ...webhook, upstream })
  }
  return targets
}
