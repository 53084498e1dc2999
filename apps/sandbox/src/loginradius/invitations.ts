import { ApiError } from './api-error.ts'
import { bodyOf, requiredText, requiredTexts } from './request-content.ts'
import { knownRoles } from './roles.ts'
import { type Invitation, newId, type Tables } from './tables.ts'

/** When something happens to an invitation, and for how long it then holds. */
export interface InvitationTime {
  readonly now: number
  readonly lifetimeSeconds: number
}

/** What a body asks for, before anything is done about it. All four are required. @throws {ApiError} 7914, 8143 */
export function invitationRequest(tables: Tables, content: unknown) {
  const body = bodyOf(content)
  return {
    EmailId: requiredText(body, 'email'),
    RoleIds: knownRoles(tables, requiredTexts(body, 'roleIds')),
    OrgId: requiredText(body, 'orgId'),
    InviterUid: requiredText(body, 'inviterUid'),
  }
}

/** Invites somebody. @throws {ApiError} 8170 when the account of that address is in the organization already */
export function invite(
  tables: Tables,
  request: ReturnType<typeof invitationRequest>,
  { id = newId('inv'), ...time }: InvitationTime & { readonly id?: string },
): Invitation {
  const isThere = [...tables.assignments.values()].some(
    ({ Email, OrgId }) => Email === request.EmailId && OrgId === request.OrgId,
  )
  if (isThere) throw new ApiError(8170, `${request.EmailId} is in the organization ${request.OrgId}`)
  const CreatedDate = new Date(time.now).toISOString()
  const invitation: Invitation = { Id: id, ...request, Status: 'invited', CreatedDate, ...renewed(time) }
  tables.invitations.set(id, invitation)
  return invitation
}

/** Another set of roles, or the same; either way it holds anew. @throws {ApiError} 8119, 7914, 8143 */
export function renewInvitation(
  tables: Tables,
  id: string,
  { content = {}, ...time }: InvitationTime & { readonly content?: unknown },
): Invitation {
  const before = invitationOf(tables, id)
  const body = bodyOf(content)
  const RoleIds =
    body.roleIds === undefined ? before.RoleIds : knownRoles(tables, requiredTexts(body, 'roleIds'))
  const invitation = { ...before, RoleIds, ...renewed(time) }
  tables.invitations.set(id, invitation)
  return invitation
}

/** Takes an invitation back, and shows it for the last time. @throws {ApiError} 8119 */
export function revokeInvitation(tables: Tables, id: string, now: number): Invitation {
  const invitation = invitationOf(tables, id)
  tables.invitations.delete(id)
  return { ...invitation, Status: 'revoked', ModifiedDate: new Date(now).toISOString() }
}

function invitationOf(tables: Tables, id: string): Invitation {
  const invitation = tables.invitations.get(id)
  if (invitation === undefined) throw new ApiError(8119, `There is no invitation ${id}`)
  return invitation
}

function renewed({ now, lifetimeSeconds }: InvitationTime) {
  return {
    ModifiedDate: new Date(now).toISOString(),
    ExpirationDate: new Date(now + lifetimeSeconds * 1000).toISOString(),
  }
}
