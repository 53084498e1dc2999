export type { FaultCode, Owner, Problem } from '@countersign/auth-core/client'
export { type AurinkoOptions, aurinko } from './aurinko.ts'
export type {
  Aurinko,
  AurinkoChange,
  AurinkoDelta,
  AurinkoEventIds,
  AurinkoOffset,
  AurinkoPaging,
  AurinkoTaskIds,
} from './aurinko-api.ts'
export type {
  AurinkoAccount,
  AurinkoAccountFields,
  AurinkoAddress,
  AurinkoCalendar,
  AurinkoEvent,
  AurinkoEventTime,
  AurinkoMessage,
  AurinkoOffsetPage,
  AurinkoOutgoingMessage,
  AurinkoPage,
  AurinkoRecord,
  AurinkoSavedAccount,
  AurinkoSent,
  AurinkoSubscription,
  AurinkoSync,
} from './aurinko-records.ts'
export {
  type AuthAction,
  type AuthActionOptions,
  type AuthActionOrganization,
  type AuthActionRole,
  type AuthActionUser,
  authAction,
  type PasskeyPerson,
  type PasskeyTransaction,
  type VerifiedPasskey,
} from './authaction.ts'
export type { CallOptions } from './call.ts'
export { type Client, type ClientOptions, createClient } from './create-client.ts'
export type { CursorPage, CursorPages } from './cursor-pages.ts'
export { expectOk } from './expect-ok.ts'
export {
  type Faable,
  type FaableOptions,
  type FaableReadable,
  type FaableResource,
  faable,
} from './faable.ts'
export type {
  FaableImportedRow,
  FaableListing,
  FaableLog,
  FaableNamed,
  FaableRecord,
  FaableSession,
  FaableUser,
  FaableUserChange,
  FaableUserFields,
} from './faable-records.ts'
export { GatewayError } from './gateway-error.ts'
export type { GatewayFetch } from './gateway-fetch.ts'
export { GatewayUnreachableError } from './gateway-unreachable-error.ts'
export { functionIdentity } from './identity/function-identity.ts'
export { type GithubActionsOptions, githubActionsIdentity } from './identity/github-actions-identity.ts'
export { IdentityError } from './identity/identity-error.ts'
export type { IdentitySource } from './identity/identity-source.ts'
export { type KubernetesOptions, kubernetesIdentity } from './identity/kubernetes-identity.ts'
export { type SpiffeOptions, spiffeIdentity } from './identity/spiffe-identity.ts'
export { staticIdentity } from './identity/static-identity.ts'
export {
  type Account,
  type ApplicationUser,
  type InboxManager,
  type InboxManagerOptions,
  inboxManager,
  type List,
  type Member,
  type Paging,
  type Role,
  type Search,
} from './inbox-manager.ts'
export { type LoginRadiusOptions, loginradius } from './loginradius.ts'
export type { LoginRadius } from './loginradius-api.ts'
export type {
  LoginRadiusConnection,
  LoginRadiusDomain,
  LoginRadiusInvitation,
  LoginRadiusInvitationRequest,
  LoginRadiusOrganization,
  LoginRadiusOrganizationFields,
  LoginRadiusRole,
  LoginRadiusRoleAssignment,
} from './loginradius-records.ts'
export type { RetryOptions } from './retry.ts'
export type { Upstream, UpstreamOptions } from './upstream.ts'
export { UpstreamError } from './upstream-error.ts'
