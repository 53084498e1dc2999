/** An organization. Every member but the id may be missing, and three of them may be `null`. */
export interface LoginRadiusOrganization {
  readonly Id: string
  readonly Name?: string
  readonly Display?: { readonly Name?: string; readonly LogoURL?: string } | null
  readonly Metadata?: Readonly<Record<string, unknown>>
  readonly Domains?: readonly LoginRadiusDomain[] | null
  readonly Connections?: readonly LoginRadiusConnection[] | null
  readonly Policies?: Readonly<Record<string, unknown>>
  readonly IsActive?: boolean
  readonly CreatedDate?: string
  readonly ModifiedDate?: string
}

/** What may be written of an organization: fields, policies and state go in one call. */
export type LoginRadiusOrganizationFields = Pick<
  LoginRadiusOrganization,
  'Name' | 'Display' | 'Metadata' | 'Policies' | 'IsActive'
>

/** A role of an organization. */
export interface LoginRadiusRole {
  readonly Id: string
  readonly Name?: string
  readonly Description?: string
  readonly Level?: string
  readonly OrgId?: string
  readonly OriginalName?: string
  readonly Permissions?: readonly string[]
}

/** What an invitation is asked for with: camelCase, and the address is `email`. All four are required. */
export interface LoginRadiusInvitationRequest {
  readonly email: string
  readonly roleIds: readonly string[]
  readonly orgId: string
  readonly inviterUid: string
}

/** An invitation as it is shown: PascalCase, and the address is `EmailId`. */
export interface LoginRadiusInvitation {
  readonly Id: string
  readonly EmailId?: string
  /** `invited`; what else there is is not documented. */
  readonly Status?: string
  readonly RoleIds?: readonly string[]
  readonly OrgId?: string
  readonly InviterUid?: string
  readonly CreatedDate?: string
  readonly ExpirationDate?: string
}

/** A domain of an organization. The vendor's own example has `domain` where its model has `DomainName`. */
export interface LoginRadiusDomain {
  readonly Id?: string
  readonly DomainName?: string
  readonly IsVerified?: boolean
  readonly VerificationStrategy?: string
  readonly VerificationToken?: string
}

/** A connection of an organization to an identity provider. */
export interface LoginRadiusConnection {
  readonly Id: string
  readonly Name?: string
  readonly Domain?: string
  readonly ConnectionType?: string
  readonly IsActive?: boolean
  readonly [field: string]: unknown
}

/** A role of an account, in an organization or in the tenant. */
export interface LoginRadiusRoleAssignment {
  readonly Id: string
  readonly Uid?: string
  readonly RoleId?: string
  readonly OrgId?: string
  readonly Email?: string
}
