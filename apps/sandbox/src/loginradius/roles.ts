import { ApiError } from './api-error.ts'
import { bodyOf, optionalText, requiredText, requiredTexts } from './request-content.ts'
import { newId, type Role, type Tables } from './tables.ts'

/** Creates a role of an organization. @throws {ApiError} 7914 without a `Name` */
export function saveRole(
  tables: Tables,
  content: unknown,
  { orgId, now, id = newId('role') }: { readonly orgId: string; readonly now: number; readonly id?: string },
): Role {
  const body = bodyOf(content)
  const Name = requiredText(body, 'Name')
  const date = new Date(now).toISOString()
  const role: Role = {
    Id: id,
    OrgId: orgId,
    Name,
    OriginalName: Name,
    Description: optionalText(body, 'Description') ?? '',
    Level: 'organization',
    Permissions: body.Permissions === undefined ? [] : requiredTexts(body, 'Permissions'),
    CreatedDate: date,
    ModifiedDate: date,
  }
  tables.roles.set(id, role)
  return role
}

/** The same ids, each of which is a role of the tenant. @throws {ApiError} 8143 */
export function knownRoles(tables: Tables, roleIds: readonly string[]): readonly string[] {
  for (const id of roleIds) {
    if (!tables.roles.has(id)) throw new ApiError(8143, `There is no role ${id}`)
  }
  return roleIds
}
