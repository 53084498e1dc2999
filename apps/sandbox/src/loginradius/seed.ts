import type { Tables } from './tables.ts'

/** What exists from the start, under ids that never change. */
export interface LoginRadiusSeed {
  readonly organizationId: string
  readonly roleId: string
  readonly accountUid: string
}

/** One organization with one role, and one account that can invite people. */
export const loginradiusSeed: LoginRadiusSeed = {
  organizationId: 'org_sandbox',
  roleId: 'role_sandbox',
  accountUid: '5f0c7b0d4a5e4d0f8d6b2c1a9e3f7d61',
}

/** Back to the state of the first day. */
export function resetTables(tables: Tables, now: number): void {
  for (const table of Object.values(tables)) table.clear()
  const { organizationId, roleId, accountUid } = loginradiusSeed
  const dates = { CreatedDate: new Date(now).toISOString(), ModifiedDate: new Date(now).toISOString() }
  tables.organizations.set(organizationId, {
    Id: organizationId,
    Name: 'Sandbox',
    Display: null,
    Metadata: {},
    Policies: {},
    IsActive: true,
    ...dates,
  })
  tables.roles.set(roleId, {
    Id: roleId,
    OrgId: organizationId,
    Name: 'member',
    OriginalName: 'member',
    Description: '',
    Level: 'organization',
    Permissions: [],
    ...dates,
  })
  tables.accounts.set(accountUid, { Uid: accountUid, Email: 'admin@sandbox.example' })
}
