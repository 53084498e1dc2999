export type { AurinkoOptions, ProviderMood } from './aurinko/aurinko-options.ts'
export { type AurinkoSeed, aurinkoSeed } from './aurinko/seed.ts'
export { type Aurinko, startAurinko } from './aurinko/start-aurinko.ts'
export type { Delivery, Notification } from './aurinko/subscriptions.ts'
export type { AuthActionOptions, TokenPath } from './authaction/authaction-options.ts'
export type { AuthActionRecord } from './authaction/records.ts'
export { type AuthAction, startAuthAction } from './authaction/start-authaction.ts'
export type { FaableOptions } from './faable/faable-options.ts'
export type { FaableRecord } from './faable/records.ts'
export type { ResourceName as FaableResourceName } from './faable/resources.ts'
export { type Faable, startFaable } from './faable/start-faable.ts'
export {
  type DeliveryOutcome,
  deliverFaableWebhook,
  signFaableWebhook,
  type WebhookDelivery,
} from './faable/webhook-delivery.ts'
export type { RequestCounts } from './gates.ts'
export type { InboxManagerOptions } from './inbox-manager/inbox-manager-options.ts'
export { type InboxManagerSeed, inboxManagerSeed } from './inbox-manager/seed.ts'
export {
  type InboxManager,
  startInboxManager,
} from './inbox-manager/start-inbox-manager.ts'
export type { Account, Member, Role, User } from './inbox-manager/tables.ts'
export {
  type InternalIssuer,
  type InternalIssuerOptions,
  startInternalIssuer,
} from './issuer/start-internal-issuer.ts'
export type { LoginRadiusOptions } from './loginradius/loginradius-options.ts'
export { type LoginRadiusSeed, loginradiusSeed } from './loginradius/seed.ts'
export {
  type LoginRadius,
  type LoginRadiusCounts,
  startLoginRadius,
} from './loginradius/start-loginradius.ts'
export { type Sandbox, type SandboxOptions, startSandbox } from './start-sandbox.ts'
export type { TokenEndpointFailure } from './token-endpoint-failure.ts'
