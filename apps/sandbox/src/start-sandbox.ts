import type { AurinkoOptions } from './aurinko/aurinko-options.ts'
import { type Aurinko, startAurinko } from './aurinko/start-aurinko.ts'
import type { AuthActionOptions } from './authaction/authaction-options.ts'
import { type AuthAction, startAuthAction } from './authaction/start-authaction.ts'
import { aurinkoControl } from './control/aurinko-control.ts'
import { authActionControl } from './control/authaction-control.ts'
import { faableControl } from './control/faable-control.ts'
import { startControl } from './control/start-control.ts'
import type { FaableOptions } from './faable/faable-options.ts'
import { type Faable, startFaable } from './faable/start-faable.ts'
import type { InboxManagerOptions } from './inbox-manager/inbox-manager-options.ts'
import { type InboxManager, startInboxManager } from './inbox-manager/start-inbox-manager.ts'
import {
  type InternalIssuer,
  type InternalIssuerOptions,
  startInternalIssuer,
} from './issuer/start-internal-issuer.ts'
import type { LoginRadiusOptions } from './loginradius/loginradius-options.ts'
import { type LoginRadius, startLoginRadius } from './loginradius/start-loginradius.ts'

/** How each part of the sandbox is set up. */
export interface SandboxOptions {
  readonly issuer?: InternalIssuerOptions
  readonly inboxManager?: InboxManagerOptions
  readonly faable?: FaableOptions
  readonly authAction?: AuthActionOptions
  readonly loginRadius?: LoginRadiusOptions
  readonly aurinko?: AurinkoOptions
  /** Port of the control listener. 0 (default): a free one. */
  readonly controlPort?: number
}

/** Everything around a gateway: the upstreams, and an issuer of internal identities. */
export interface Sandbox extends AsyncDisposable {
  readonly issuer: InternalIssuer
  readonly inboxManager: InboxManager
  readonly faable: Faable
  readonly authAction: AuthAction
  readonly loginRadius: LoginRadius
  readonly aurinko: Aurinko
  /** Origin of the control listener. */
  readonly control: string
  close(): Promise<void>
}

/** Starts all of it on the loopback interface; when one part cannot start, none is left running. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  await using started = new AsyncDisposableStack()
  const issuer = started.use(await startInternalIssuer(options.issuer))
  const inboxManager = started.use(await startInboxManager(options.inboxManager))
  const faable = started.use(await startFaable(options.faable))
  const authAction = started.use(await startAuthAction(options.authAction))
  const loginRadius = started.use(await startLoginRadius(options.loginRadius))
  const aurinko = started.use(await startAurinko(options.aurinko))
  const control = await startControl(
    {
      'inbox-manager': { upstream: inboxManager },
      faable: { upstream: faable, own: faableControl(faable) },
      authaction: { upstream: authAction, own: authActionControl(authAction) },
      loginradius: { upstream: loginRadius },
      aurinko: { upstream: aurinko, own: aurinkoControl(aurinko) },
    },
    options.controlPort,
  )
  started.defer(control.close)
  const running = started.move()
  const close = () => running.disposeAsync()
  const upstreams = { inboxManager, faable, authAction, loginRadius, aurinko }
  return { issuer, ...upstreams, control: control.origin, close, [Symbol.asyncDispose]: close }
}
