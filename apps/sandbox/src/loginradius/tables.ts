import { randomBytes } from 'node:crypto'

/** An organization, without its domains and connections, which are kept beside it. */
export interface Organization {
  readonly Id: string
  readonly Name: string
  readonly Display: unknown
  readonly Metadata: unknown
  readonly Policies: unknown
  readonly IsActive: boolean
  readonly CreatedDate: string
  readonly ModifiedDate: string
}

/** A role of an organization. */
export interface Role {
  readonly Id: string
  readonly OrgId: string
  readonly Name: string
  readonly OriginalName: string
  readonly Description: string
  readonly Level: string
  readonly Permissions: readonly string[]
  readonly CreatedDate: string
  readonly ModifiedDate: string
}

/** An invitation: asked for in camelCase, shown in PascalCase, and `email` is shown as `EmailId`. */
export interface Invitation {
  readonly Id: string
  readonly EmailId: string
  readonly Status: 'invited' | 'revoked'
  readonly RoleIds: readonly string[]
  readonly OrgId: string
  readonly InviterUid: string
  readonly CreatedDate: string
  readonly ModifiedDate: string
  readonly ExpirationDate: string
}

/** A domain of an organization. `OrgId` is ours and not shown. */
export interface Domain {
  readonly Id: string
  readonly OrgId: string
  readonly DomainName: string
  readonly IsVerified: boolean
  readonly VerificationStrategy: string
  readonly VerificationToken: string
}

/** A connection of an organization to an identity provider. `OrgId` is ours and not shown. */
export interface Connection {
  readonly Id: string
  readonly OrgId: string
  readonly Name: string
  readonly Domain: string
  readonly ConnectionType: string
  readonly IsActive: boolean
  readonly Attributes: unknown
  readonly GroupRoles: readonly unknown[]
  readonly CreatedDate: string
  readonly ModifiedDate: string
}

/** An account of the tenant. */
export interface Account {
  readonly Uid: string
  readonly Email: string
}

/** A role of an account in an organization; without `OrgId` in the tenant itself. */
export interface RoleAssignment {
  readonly Id: string
  readonly Uid: string
  readonly RoleId: string
  readonly OrgId: string
  readonly Email: string
  readonly CreatedDate: string
}

/** All that this tenant knows, by id, in order of creation. */
export interface Tables {
  readonly organizations: Map<string, Organization>
  readonly roles: Map<string, Role>
  readonly invitations: Map<string, Invitation>
  readonly domains: Map<string, Domain>
  readonly connections: Map<string, Connection>
  readonly accounts: Map<string, Account>
  readonly assignments: Map<string, RoleAssignment>
}

/** Empty tables. */
export function createTables(): Tables {
  return {
    organizations: new Map(),
    roles: new Map(),
    invitations: new Map(),
    domains: new Map(),
    connections: new Map(),
    accounts: new Map(),
    assignments: new Map(),
  }
}

/** A new id under one of the prefixes that the vendor's examples show. */
export function newId(prefix: 'org' | 'org_domain' | 'role' | 'inv' | 'conn' | 'user_role'): string {
  return `${prefix}_${randomBytes(8).toString('hex')}`
}
