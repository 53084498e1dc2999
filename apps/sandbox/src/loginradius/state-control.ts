import { assign } from './account-context-routes.ts'
import { saveConnection } from './connection-routes.ts'
import { addDomain } from './domain-routes.ts'
import { invitationRequest, invite } from './invitations.ts'
import type { LoginRadiusSettings } from './loginradius-options.ts'
import { saveOrganization } from './organizations.ts'
import { saveRole } from './roles.ts'
import { loginradiusSeed } from './seed.ts'
import type {
  Account,
  Connection,
  Domain,
  Invitation,
  Organization,
  Role,
  RoleAssignment,
  Tables,
} from './tables.ts'

/** A known id and a known organization, where a test wants them; else a new one, of the seed's organization. */
export interface Placed {
  readonly id?: string
  readonly orgId?: string
}

/** Puts things in without a request, under ids that a contract can name. All throw as the API would refuse. */
export interface StateControl {
  seedOrganization(organization?: {
    readonly id?: string
    readonly name?: string
    readonly isActive?: boolean
  }): Organization
  seedRole(role?: Placed & { readonly name?: string }): Role
  seedInvitation(invitation?: Placed & { readonly email?: string }): Invitation
  seedDomain(domain?: Placed & { readonly name?: string }): Domain
  seedConnection(connection?: Placed & { readonly name?: string }): Connection
  seedAccount(account: Account): Account
  /** Gives an account that is there the role that is there. */
  seedAssignment(assignment?: {
    readonly uid?: string
    readonly orgId?: string
    readonly roleId?: string
  }): RoleAssignment
}

/** The {@link StateControl} of these tables. */
export function createStateControl(tables: Tables, settings: LoginRadiusSettings): StateControl {
  const { organizationId, roleId: seededRole, accountUid } = loginradiusSeed
  const now = () => settings.clock.now()
  return {
    seedOrganization: ({ id, name = 'Seeded', isActive = true } = {}) =>
      saveOrganization(tables, { Name: name, IsActive: isActive }, { now: now(), ...(id && { id }) }),
    seedRole: ({ name = 'seeded', ...placed } = {}) =>
      saveRole(tables, { Name: name }, { orgId: organizationId, now: now(), ...placed }),
    seedInvitation({ email = 'seeded@example.com', orgId = organizationId, ...placed } = {}) {
      const request = { email, orgId, roleIds: [seededRole], inviterUid: accountUid }
      const lifetimeSeconds = settings.invitationLifetimeSeconds
      return invite(tables, invitationRequest(tables, request), { now: now(), lifetimeSeconds, ...placed })
    },
    seedDomain: ({ name = 'seeded.example', ...placed } = {}) =>
      addDomain(tables, { name, orgId: organizationId, ...placed }),
    seedConnection: ({ name = 'seeded', ...placed } = {}) =>
      saveConnection(tables, { Name: name }, { orgId: organizationId, now: now(), ...placed }),
    seedAccount(account) {
      tables.accounts.set(account.Uid, account)
      return account
    },
    seedAssignment({ uid = accountUid, orgId = organizationId, roleId = seededRole } = {}) {
      const account = tables.accounts.get(uid) ?? { Uid: uid, Email: `${uid}@sandbox.example` }
      return assign(tables, { account, orgId, roleId, now: now() })
    },
  }
}
