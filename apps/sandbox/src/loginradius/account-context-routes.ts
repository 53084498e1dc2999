import { Router } from 'express'
import { ApiError } from './api-error.ts'
import type { LoginRadiusSettings } from './loginradius-options.ts'
import { organizationOf } from './organizations.ts'
import { bodyOf, requiredTexts } from './request-content.ts'
import { knownRoles } from './roles.ts'
import { type Account, newId, type RoleAssignment, type Tables } from './tables.ts'

/** `/account/{uid}/orgcontext`: which roles an account has, in the tenant and in its organizations. */
export function accountContextRoutes(tables: Tables, { clock }: LoginRadiusSettings): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const path = '/account/:uid/orgcontext'
  function setRoles(uid: string, orgId: string, content: unknown): readonly RoleAssignment[] {
    const account = accountOf(tables, uid)
    const roleIds = knownRoles(tables, requiredTexts(bodyOf(content), 'RoleIds'))
    for (const { Id } of assignmentsOf(tables, uid, orgId)) tables.assignments.delete(Id)
    return roleIds.map((roleId) => assign(tables, { account, orgId, roleId, now: clock.now() }))
  }
  function removeAll(rows: readonly RoleAssignment[]): void {
    for (const { Id } of rows) tables.assignments.delete(Id)
  }

  router.get(path, (req, res) => {
    res.json({ Data: assignmentsOf(tables, accountOf(tables, req.params.uid).Uid) })
  })
  router.delete(path, (req, res) => {
    removeAll(assignmentsOf(tables, accountOf(tables, req.params.uid).Uid))
    res.json({ IsDeleted: true })
  })
  // Assumed: the body of this request is not public.
  router.put(`${path}/roles`, (req, res) => {
    res.json({ Data: setRoles(req.params.uid, tenantItself, req.body) })
  })
  router.get(`${path}/:orgId`, (req, res) => {
    const { uid, orgId } = req.params
    res.json({ Data: assignmentsOf(tables, accountOf(tables, uid).Uid, organizationOf(tables, orgId).Id) })
  })
  router.delete(`${path}/:orgId`, (req, res) => {
    const { uid, orgId } = req.params
    removeAll(assignmentsOf(tables, accountOf(tables, uid).Uid, organizationOf(tables, orgId).Id))
    res.json({ IsDeleted: true })
  })
  router.put(`${path}/:orgId/roles`, (req, res) => {
    const { uid, orgId } = req.params
    res.json({ Data: setRoles(uid, organizationOf(tables, orgId).Id, req.body) })
  })
  return router
}

/** What stands for an organization where a role is one of the tenant. */
const tenantItself = ''

/** Gives an account a role. */
export function assign(
  tables: Tables,
  {
    account,
    orgId,
    roleId,
    now,
  }: { readonly account: Account; readonly orgId: string; readonly roleId: string; readonly now: number },
): RoleAssignment {
  const assignment = {
    Id: newId('user_role'),
    Uid: account.Uid,
    RoleId: roleId,
    OrgId: orgId,
    Email: account.Email,
    CreatedDate: new Date(now).toISOString(),
  }
  tables.assignments.set(assignment.Id, assignment)
  return assignment
}

function accountOf(tables: Tables, uid: string): Account {
  const account = tables.accounts.get(uid)
  if (account === undefined) throw new ApiError(8132, `There is no account ${uid}`)
  return account
}

function assignmentsOf(tables: Tables, uid: string, orgId?: string): readonly RoleAssignment[] {
  return [...tables.assignments.values()].filter(
    (row) => row.Uid === uid && (orgId === undefined || row.OrgId === orgId),
  )
}
