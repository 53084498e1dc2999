import type { GatewayFetch } from './gateway-fetch.ts'

/** How an SDK that is bound to an upstream names it. */
export interface UpstreamOptions {
  /**
   * The address that the SDK insists on, such as `https://api.inbox-manager.com`. Requests beneath it go to
   * the gateway instead; requests to any other host are refused.
   */
  readonly url?: string | URL
}

/** One upstream of the gateway. */
export interface Upstream {
  /** The upstream's address on the gateway: the base URL for an SDK that can be given one. */
  readonly url: string
  /** Takes paths of the upstream (`/api/accounts`) and addresses beneath `url`; to be handed to an SDK. */
  readonly fetch: GatewayFetch
}
