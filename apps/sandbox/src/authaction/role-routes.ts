import { type Request, Router } from 'express'
import { AuthActionError } from './authaction-error.ts'
import { recordOf } from './records.ts'
import { listOf, requiredIds, requiredText } from './request-content.ts'
import { parametersOf } from './resource-routes.ts'
import type { Tenant } from './tenant.ts'

/** Roles of users, members of organizations, and the members' roles; all of it assumed. */
export function roleRoutes(tenant: Tenant): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const { tables, settings } = tenant
  const members = '/api/v1/organizations/:id/members'

  /** Whose roles a path is about: a user's own, or a member's in one organization. */
  function ownerOf({ params }: Request<{ id: string; userId?: string }>): string {
    if (params.userId === undefined) return recordOf(tables, 'users', params.id).id
    return `${recordOf(tables, 'organizations', params.id).id} ${memberOf(params.id, params.userId)}`
  }
  function memberOf(organization: string, user: string): string {
    if (tables.members.get(organization)?.includes(user)) return user
    throw new AuthActionError(404, `organization ${organization} has no member ${user}`)
  }

  for (const path of ['/api/v1/users/:id/roles', `${members}/:userId/roles`] as const) {
    router.get(path, (req, res) => {
      const held = tables.roles.get(ownerOf(req)) ?? []
      const roles = held.flatMap((id) => tables.records.roles.get(id) ?? [])
      res.json(listOf(roles, parametersOf(req), settings))
    })
    router.post(path, (req, res) => {
      const owner = ownerOf(req)
      const roles = requiredIds(req.body, 'roles').map((id) => recordOf(tables, 'roles', id).id)
      tables.roles.set(owner, [...new Set([...(tables.roles.get(owner) ?? []), ...roles])])
      res.status(settings.deleteStatus).json({})
    })
    router.delete(path, (req, res) => {
      const owner = ownerOf(req)
      const gone = requiredIds(req.body, 'roles')
      tables.roles.set(
        owner,
        (tables.roles.get(owner) ?? []).filter((id) => !gone.includes(id)),
      )
      res.status(settings.deleteStatus).json({})
    })
  }

  router.get(members, (req, res) => {
    const { id } = recordOf(tables, 'organizations', req.params.id)
    const users = (tables.members.get(id) ?? []).flatMap((user) => tables.records.users.get(user) ?? [])
    res.json(listOf(users, parametersOf(req), settings))
  })
  router.post(members, (req, res) => {
    const { id } = recordOf(tables, 'organizations', req.params.id)
    const user = recordOf(tables, 'users', requiredText(req.body, 'userId'))
    tables.members.set(id, [...new Set([...(tables.members.get(id) ?? []), user.id])])
    res.status(settings.createStatus).json(user)
  })
  router.delete(`${members}/:userId`, (req, res) => {
    const { id, userId } = req.params
    const gone = memberOf(recordOf(tables, 'organizations', id).id, userId)
    tables.members.set(
      id,
      (tables.members.get(id) ?? []).filter((member) => member !== gone),
    )
    tables.roles.delete(`${id} ${gone}`)
    res.status(settings.deleteStatus).json({})
  })
  return router
}
