import { startControl } from './control/start-control.ts'
import type { InboxManagerOptions } from './inbox-manager/inbox-manager-options.ts'
import { type InboxManager, startInboxManager } from './inbox-manager/start-inbox-manager.ts'
import {
  type InternalIssuer,
  type InternalIssuerOptions,
  startInternalIssuer,
} from './issuer/start-internal-issuer.ts'

/** How each part of the sandbox is set up. */
export interface SandboxOptions {
  readonly issuer?: InternalIssuerOptions
  readonly inboxManager?: InboxManagerOptions
  /** Port of the control listener. 0 (default): a free one. */
  readonly controlPort?: number
}

/** Everything around a gateway: the upstreams, and an issuer of internal identities. */
export interface Sandbox extends AsyncDisposable {
  readonly issuer: InternalIssuer
  readonly inboxManager: InboxManager
  /** Origin of the control listener. */
  readonly control: string
  close(): Promise<void>
}

/** Starts all of it on the loopback interface; when one part cannot start, none is left running. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  await using started = new AsyncDisposableStack()
  const issuer = started.use(await startInternalIssuer(options.issuer))
  const inboxManager = started.use(await startInboxManager(options.inboxManager))
  const control = await startControl(inboxManager, options.controlPort)
  started.defer(control.close)
  const running = started.move()
  const close = () => running.disposeAsync()
  return { issuer, inboxManager, control: control.origin, close, [Symbol.asyncDispose]: close }
}
