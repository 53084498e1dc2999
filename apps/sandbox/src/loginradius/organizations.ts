import { ApiError } from './api-error.ts'
import { bodyOf, flag, requiredText } from './request-content.ts'
import { type Domain, newId, type Organization, type Tables } from './tables.ts'

/** The organization of that id. @throws {ApiError} 8118 */
export function organizationOf(tables: Tables, id: string): Organization {
  const organization = tables.organizations.get(id)
  if (organization === undefined) throw new ApiError(8118, `There is no organization ${id}`)
  return organization
}

/** The organization of that id, which is active. @throws {ApiError} 8118, 8180 */
export function activeOrganizationOf(tables: Tables, id: string, inactiveStatus: number): Organization {
  const organization = organizationOf(tables, id)
  if (organization.IsActive) return organization
  throw new ApiError(8180, `The organization ${id} is not active`, { status: inactiveStatus })
}

/**
 * Creates or replaces an organization from a request's body: fields, policies and state in one.
 *
 * @throws {ApiError} 7914 without a `Name`
 */
export function saveOrganization(
  tables: Tables,
  content: unknown,
  { now, id = newId('org') }: { readonly now: number; readonly id?: string },
): Organization {
  const body = bodyOf(content)
  const before = tables.organizations.get(id)
  const date = new Date(now).toISOString()
  const organization: Organization = {
    Id: id,
    Name:
      before === undefined
        ? requiredText(body, 'Name')
        : requiredText({ Name: before.Name, ...body }, 'Name'),
    Display: body.Display ?? before?.Display ?? null,
    Metadata: body.Metadata ?? before?.Metadata ?? {},
    Policies: body.Policies ?? before?.Policies ?? {},
    IsActive: flag(body, 'IsActive', before?.IsActive ?? true),
    CreatedDate: before?.CreatedDate ?? date,
    ModifiedDate: date,
  }
  tables.organizations.set(id, organization)
  return organization
}

/** Removes an organization and all that hangs on it. @throws {ApiError} 8118 */
export function removeOrganization(tables: Tables, id: string): void {
  tables.organizations.delete(organizationOf(tables, id).Id)
  for (const table of [
    tables.roles,
    tables.invitations,
    tables.domains,
    tables.connections,
    tables.assignments,
  ]) {
    for (const row of table.values()) if (row.OrgId === id) table.delete(row.Id)
  }
}

/** As the API shows it: with its domains and connections. */
export function showOrganization(tables: Tables, organization: Organization): object {
  return {
    ...organization,
    Domains: ofOrganization(tables.domains, organization.Id).map(showOwned),
    Connections: ofOrganization(tables.connections, organization.Id).map(showOwned),
  }
}

/** The rows of a table that belong to an organization. */
export function ofOrganization<T extends { readonly OrgId: string }>(
  table: ReadonlyMap<string, T>,
  organizationId: string,
): T[] {
  return [...table.values()].filter((row) => row.OrgId === organizationId)
}

/** A row without the organization that it is found under. */
export function showOwned<T extends Pick<Domain, 'OrgId'>>({ OrgId: _, ...shown }: T): Omit<T, 'OrgId'> {
  return shown
}

/** A row of an organization, by its id. @throws {ApiError} 8118, and 8119 for a row of another organization */
export function ownedBy<T extends { readonly OrgId: string }>(
  tables: Tables,
  table: ReadonlyMap<string, T>,
  { orgId, id }: { readonly orgId: string; readonly id: string },
): T {
  const organization = organizationOf(tables, orgId)
  const row = table.get(id)
  if (row?.OrgId !== organization.Id) throw new ApiError(8119, `The organization ${orgId} has no ${id}`)
  return row
}
