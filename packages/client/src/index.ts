export type { FaultCode, Owner, Problem } from '@countersign/auth-core/client'
export type { CallOptions } from './call.ts'
export { type Client, type ClientOptions, createClient } from './create-client.ts'
export { expectOk } from './expect-ok.ts'
export { GatewayError } from './gateway-error.ts'
export type { GatewayFetch } from './gateway-fetch.ts'
export { GatewayUnreachableError } from './gateway-unreachable-error.ts'
export { functionIdentity } from './identity/function-identity.ts'
export { type GithubActionsOptions, githubActionsIdentity } from './identity/github-actions-identity.ts'
export { IdentityError } from './identity/identity-error.ts'
export type { IdentitySource } from './identity/identity-source.ts'
export { type KubernetesOptions, kubernetesIdentity } from './identity/kubernetes-identity.ts'
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
export type { RetryOptions } from './retry.ts'
export type { Upstream, UpstreamOptions } from './upstream.ts'
export { UpstreamError } from './upstream-error.ts'
