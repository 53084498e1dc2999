import type { CallOptions } from './call.ts'
import type {
  LoginRadiusConnection,
  LoginRadiusDomain,
  LoginRadiusInvitation,
  LoginRadiusInvitationRequest,
  LoginRadiusOrganization,
  LoginRadiusOrganizationFields,
  LoginRadiusRole,
  LoginRadiusRoleAssignment,
} from './loginradius-records.ts'

type Fields = Readonly<Record<string, unknown>>
type Listed<T> = Promise<readonly T[]>

/**
 * The Partner IAM operations of LoginRadius. Records keep the vendor's PascalCase; lists come out of their
 * envelope, whole, for there are no pages. Every call rejects with {@link GatewayError}, {@link UpstreamError}
 * (its body has `ErrorCode`, but for a 429, which is text), {@link GatewayUnreachableError}, {@link
 * IdentityError} or the signal's reason; an id is one segment of a path, and `''`, `.` and `..` are none.
 */
export interface LoginRadius {
  readonly organizations: {
    list(options?: CallOptions): Listed<LoginRadiusOrganization>
    get(orgId: string, options?: CallOptions): Promise<LoginRadiusOrganization>
    create(
      organization: LoginRadiusOrganizationFields & { readonly Name: string },
      options?: CallOptions,
    ): Promise<LoginRadiusOrganization>
    update(
      orgId: string,
      fields: LoginRadiusOrganizationFields,
      options?: CallOptions,
    ): Promise<LoginRadiusOrganization>
    remove(orgId: string, options?: CallOptions): Promise<void>
    /** Who has which role in it. */
    contexts(orgId: string, options?: CallOptions): Listed<LoginRadiusRoleAssignment>
  }
  readonly roles: {
    list(orgId: string, options?: CallOptions): Listed<LoginRadiusRole>
    create(
      orgId: string,
      role: {
        readonly Name: string
        readonly Description?: string
        readonly Permissions?: readonly string[]
      },
      options?: CallOptions,
    ): Promise<LoginRadiusRole>
  }
  readonly invitations: {
    list(orgId: string, options?: CallOptions): Listed<LoginRadiusInvitation>
    /** @param invitation `invitationUrl`: the page that the link in the mail leads to */
    send(
      invitation: LoginRadiusInvitationRequest & { readonly invitationUrl?: string },
      options?: CallOptions,
    ): Promise<LoginRadiusInvitation>
    update(id: string, change: Fields, options?: CallOptions): Promise<LoginRadiusInvitation>
    /** What the vendor answers is not documented; only that it is a success. */
    resend(id: string, options?: CallOptions): Promise<void>
    revoke(id: string, options?: CallOptions): Promise<LoginRadiusInvitation>
  }
  readonly domains: {
    list(orgId: string, options?: CallOptions): Listed<LoginRadiusDomain>
    get(orgId: string, domainId: string, options?: CallOptions): Promise<LoginRadiusDomain>
    add(orgId: string, domainName: string, options?: CallOptions): Promise<LoginRadiusDomain>
    /** Has the vendor look for the TXT record. */
    verify(orgId: string, domainId: string, options?: CallOptions): Promise<LoginRadiusDomain>
    remove(orgId: string, domainId: string, options?: CallOptions): Promise<void>
  }
  readonly connections: {
    list(orgId: string, options?: CallOptions): Listed<LoginRadiusConnection>
    get(orgId: string, connectionId: string, options?: CallOptions): Promise<LoginRadiusConnection>
    create(orgId: string, connection: Fields, options?: CallOptions): Promise<LoginRadiusConnection>
    update(
      ids: { readonly orgId: string; readonly connectionId: string },
      connection: Fields,
      options?: CallOptions,
    ): Promise<LoginRadiusConnection>
    /** The body of this call is assumed. */
    setStatus(
      ids: { readonly orgId: string; readonly connectionId: string },
      isActive: boolean,
      options?: CallOptions,
    ): Promise<LoginRadiusConnection>
    remove(orgId: string, connectionId: string, options?: CallOptions): Promise<void>
  }
  readonly accountContexts: {
    list(uid: string, options?: CallOptions): Listed<LoginRadiusRoleAssignment>
    get(uid: string, orgId: string, options?: CallOptions): Listed<LoginRadiusRoleAssignment>
    setRoles(
      ids: { readonly uid: string; readonly orgId: string },
      roleIds: readonly string[],
      options?: CallOptions,
    ): Listed<LoginRadiusRoleAssignment>
    /** Roles in the tenant itself. The body of this call is assumed. */
    setTenantRoles(
      uid: string,
      roleIds: readonly string[],
      options?: CallOptions,
    ): Listed<LoginRadiusRoleAssignment>
    remove(uid: string, orgId: string, options?: CallOptions): Promise<void>
    removeAll(uid: string, options?: CallOptions): Promise<void>
  }
}
