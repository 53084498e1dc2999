import type { LoadedConfig } from '../config/loaded-config.ts'

/** The host that upstreams' own hosts end in; a gateway without a URL, whose audience is none either, has none. */
export function gatewayHostOf({ url, audience }: Pick<LoadedConfig['gateway'], 'url' | 'audience'>): string {
  const address = url ?? audience
  return URL.canParse(address) ? new URL(address).hostname : 'gateway.invalid'
}
