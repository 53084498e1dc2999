import { presets } from '@countersign/auth-core'
import { type Client, createClient, staticIdentity } from '@countersign/client'
import { answersJson, startTestIssuer, startTokenEndpoint } from '@countersign/testkit'
import { consumerOf, type Expected } from './consumer.ts'
import { startRelay } from './relay.ts'
import { startGateway } from './start-gateway.ts'

/** The token that the gateway gets from a token endpoint that is no part of these contracts. */
export const mintedToken = 'minted-for-the-contract'

/** What an upstream of such a gateway is configured with. */
export interface Surroundings {
  /** Leads to the mock server of the moment. */
  readonly url: string
  /** Mints {@link mintedToken} for everybody. */
  readonly tokenEndpoint: string
}

type Upstreams = Readonly<Record<string, object>>

/** Which contract, and the gateway that is its consumer. */
export interface GatewayInFrontOptions {
  /** Also the upstream's name, where it ends in `-api`. */
  readonly provider: string
  readonly preset: string
  readonly upstreams: (around: Surroundings) => Upstreams | Promise<Upstreams>
  /** What `gateway:` needs beyond the usual. */
  readonly gateway?: object
}

/** A real gateway process, a service that may do everything there, and its way to one mock server after the other. */
export interface GatewayInFront<State extends string> {
  readonly client: Client
  /** Holds the gateway to an interaction while it is called. */
  through<T>(expected: Expected<State>, call: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Starts it all. */
export async function startGatewayInFront<State extends string>(
  options: GatewayInFrontOptions,
): Promise<GatewayInFront<State>> {
  const interact = consumerOf<State>({ consumer: 'countersign-gateway', provider: options.provider })
  await using started = new AsyncDisposableStack()
  const issuer = started.use(await startTestIssuer())
  const tokens = started.use(await startTokenEndpoint())
  tokens.always(answersJson({ access_token: mintedToken, token_type: 'Bearer', expires_in: 3600 }))
  const relay = started.use(await startRelay())
  const upstreams = await options.upstreams({ url: relay.url, tokenEndpoint: tokens.url })
  const operations = presets.get(options.preset)?.operations.map(({ name }) => name)
  const allow = Object.keys(upstreams).map((upstream) => ({ upstream, operations }))
  const gateway = started.use(
    await startGateway({
      gateway: options.gateway ?? {},
      issuers: { internal: { kind: 'jwt', issuer: issuer.issuer } },
      upstreams,
      services: { everything: { identities: [{ issuer: 'internal', subject: 'everything' }], allow } },
    }),
  )
  const identity = staticIdentity(await issuer.sign({ sub: 'everything' }))
  const running = started.move()
  return {
    client: createClient({ gateway: gateway.url, identity, retry: false }),
    through: (expected, call) =>
      interact(expected, async (url) => {
        await relay.pointAt(url)
        return await call()
      }),
    close: () => running.disposeAsync(),
  }
}
