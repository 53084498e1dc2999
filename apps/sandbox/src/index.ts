export type { InboxManagerOptions } from './inbox-manager/inbox-manager-options.ts'
export { type InboxManagerSeed, inboxManagerSeed } from './inbox-manager/seed.ts'
export {
  type InboxManager,
  type InboxManagerCounts,
  startInboxManager,
} from './inbox-manager/start-inbox-manager.ts'
export type { Account, Member, Role, User } from './inbox-manager/tables.ts'
export type { TokenEndpointFailure } from './inbox-manager/token-endpoint-failure.ts'
export {
  type InternalIssuer,
  type InternalIssuerOptions,
  startInternalIssuer,
} from './issuer/start-internal-issuer.ts'
export { type Sandbox, type SandboxOptions, startSandbox } from './start-sandbox.ts'
