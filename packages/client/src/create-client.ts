import { parseGatewayAddress } from './gateway-address.ts'
import { createGatewayFetch, type GatewayFetch, type Transport } from './gateway-fetch.ts'
import type { IdentitySource } from './identity/identity-source.ts'
import { encodeSegment } from './path.ts'
import type { RetryOptions } from './retry.ts'
import type { Upstream, UpstreamOptions } from './upstream.ts'

/** What a client is bound to. */
export interface ClientOptions {
  /** The address of the gateway's data listener; a path prefix is kept. */
  readonly gateway: string | URL
  /** Who this workload is. */
  readonly identity: IdentitySource
  /** Default: the global `fetch`, looked up for every call. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
  /**
   * Seconds until the head of an answer must be there, for each try. Default 90: longer than the gateway's
   * own limits for a call that it replays, so that one hears its answer and not just silence.
   */
  readonly timeoutSeconds?: number
  /** `false`: never send again by itself. Default: once, after at most 10 s, and only what was not made. */
  readonly retry?: RetryOptions | false
  /** Allows `http:` beyond loopback, where a mesh or tunnel protects the connection. Default `false`. */
  readonly plainHttp?: boolean
}

/** A gateway, and the identity to call it with. */
export interface Client {
  /** Takes paths of the gateway (`/inbox-manager/api/accounts`) and addresses beneath the gateway's. */
  readonly fetch: GatewayFetch
  /** The same for one upstream, by its name in the gateway's configuration. */
  upstream(name: string, options?: UpstreamOptions): Upstream
}

/**
 * Binds `fetch` to a gateway and an identity. Answers come back as `fetch` gives them, whatever their status;
 * {@link expectOk} and the typed calls turn refusals into errors.
 *
 * A call rejects with {@link GatewayUnreachableError} when there is no answer, {@link IdentityError} when
 * there is no token, the signal's own reason when it is cancelled, and `TypeError` when it is misused.
 *
 * @throws {TypeError} the gateway's address would carry the credential in the clear, or is none
 */
export function createClient(options: ClientOptions): Client {
  const gateway = parseGatewayAddress(options.gateway, options.plainHttp ?? false)
  const transport: Transport = {
    identity: options.identity,
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    timeoutSeconds: options.timeoutSeconds ?? 90,
    retry: options.retry === false ? noRetry : { ...defaultRetry, ...options.retry },
  }
  return {
    fetch: createGatewayFetch({ within: gateway }, transport),
    upstream(name, { url: alias } = {}) {
      const url = `${gateway}/${encodeSegment(name)}`
      const bounds = { within: url, alias: alias === undefined ? undefined : new URL(alias).href }
      return { url, fetch: createGatewayFetch(bounds, transport) }
    },
  }
}

const defaultRetry: Required<RetryOptions> = { times: 1, maxWaitSeconds: 10 }
const noRetry: Required<RetryOptions> = { times: 0, maxWaitSeconds: 0 }
