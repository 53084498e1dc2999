import {
  answersJson,
  type Recorder,
  rawAnswer,
  startRecorder,
  startTestIssuer,
  startTokenEndpoint,
  type TestIssuer,
} from '@countersign/testkit'
import {
  gatewayCredential,
  gatewayKeys,
  gatewaySecrets,
  type RunningGateway,
  startGateway,
} from '../support/start-gateway.ts'
import { eventsAudience } from './messages.ts'

/** What the gateway's assertions name as their issuer. */
export const publicIssuer = 'http://127.0.0.1:8443'

/** What the upstream signs its deliveries with. */
export const webhookSecret: string = gatewaySecrets.CONTRACT_API_SECRET

/** A real gateway that writes its record and takes deliveries. */
export interface MessageSurroundings extends AsyncDisposable {
  readonly gateway: RunningGateway
  readonly issuer: TestIssuer
  /** The internal service that deliveries are for. */
  readonly receiver: Recorder
  /** Does something while the token endpoint refuses the gateway. */
  whileRefused<T>(act: () => Promise<T>): Promise<T>
}

/** Starts it all. */
export async function startMessageSurroundings(): Promise<MessageSurroundings> {
  await using started = new AsyncDisposableStack()
  const issuer = started.use(await startTestIssuer())
  const tokens = started.use(await startTokenEndpoint())
  const upstream = started.use(await startRecorder())
  upstream.answerWith(rawAnswer(201, '{"id":"u_1"}', { 'content-type': 'application/json' }))
  const receiver = started.use(await startRecorder())
  const faable = { preset: 'faable', url: upstream.url, credential: gatewayCredential }
  const token = { endpoint: tokens.url, audience: 'faable:contract' }
  const webhook = { secret: gatewayKeys.api_secret, forward_to: receiver.url, audience: eventsAudience }
  const gateway = started.use(
    await startGateway({
      gateway: { public: { listen: '127.0.0.1:0', url: publicIssuer } },
      issuers: { internal: { kind: 'jwt', issuer: issuer.issuer } },
      upstreams: { faable: { ...faable, token, webhook } },
      services: {
        provisioning: service('provisioning', ['users.create']),
        marketing: service('marketing', ['users.list']),
        // Its tokens are its own: it is refused one while the others have theirs.
        unlucky: service('unlucky', ['users.create'], 'faable:unlucky'),
      },
    }),
  )
  const running = started.move()
  async function whileRefused<T>(act: () => Promise<T>): Promise<T> {
    tokens.always(answersJson({ error: 'invalid_client' }, 401))
    const outcome = await act()
    tokens.always(tokens.ok())
    return outcome
  }
  return { gateway, issuer, receiver, whileRefused, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

function service(subject: string, operations: readonly string[], audience?: string) {
  const rule = { upstream: 'faable', operations, ...(audience && { audience }) }
  return { identities: [{ issuer: 'internal', subject }], allow: [rule] }
}
