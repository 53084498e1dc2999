import { Router } from 'express'
import { FaableError, invalidFields } from './faable-error.ts'
import { readFields } from './fields.ts'
import { listRecords } from './list-records.ts'
import { createRecord, recordOf, updateRecord } from './record-operations.ts'
import { parametersOf, type RouteParts } from './resource-routes.ts'
import { resources } from './resources.ts'

/** Invitations to a team (their scopes are assumed), and the organization that a team belongs to. */
export function teamRoutes({ tenant, guard, emit }: RouteParts): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const { tables, settings } = tenant

  router.get('/team/:id/invite', guard('read:teams'), (req, res) => {
    const { id } = recordOf(tenant, 'teams', req.params.id)
    const resource = resources.invites
    res.json(
      listRecords(parametersOf(req), { tables, settings, resource, within: ({ team }) => team === id }),
    )
  })
  router.post('/team/:id/invite', guard('update:teams'), (req, res) => {
    const team = recordOf(tenant, 'teams', req.params.id).id
    const fields = readFields(
      req.body,
      { email: 'text!', roles: 'texts', mode: 'text', redirect_uri: 'text' },
      true,
    )
    const { email, roles = [], mode = 'auto' } = fields
    const user = tables.users.all().find((candidate) => candidate.email === email)
    if (user !== undefined && mode === 'auto') {
      const members = tables.team_members.all()
      if (members.some((member) => member.team === team && member.user === user.id)) {
        throw new FaableError('already_member', 'the user is a member of this team already')
      }
      const { id } = createRecord(tenant, 'team_members', { user: user.id, team, roles })
      res.json({ status: 'added', member: { id, user: user.id, team, roles } })
      return
    }
    for (const invite of tables.invites.all()) {
      if (invite.team === team && invite.email === email) tables.invites.remove(invite.id)
    }
    res.json({ status: 'invited', ticket_id: createRecord(tenant, 'invites', { ...fields, roles, team }).id })
  })
  router.delete('/team/:id/invite/:ticketId', guard('update:teams'), (req, res) => {
    const { id } = recordOf(tenant, 'teams', req.params.id)
    const ticket = recordOf(tenant, 'invites', req.params.ticketId)
    if (ticket.team !== id) throw new FaableError('not_found', 'this team has no such invitation')
    tables.invites.remove(ticket.id)
    res.json({ status: 'revoked' })
  })
  router.put('/team/:id/organization', guard('update:organizations'), (req, res) => {
    const team = recordOf(tenant, 'teams', req.params.id)
    const { organization } = readFields(req.body, { organization: 'any' }, true)
    if (organization !== null && typeof organization !== 'string') {
      throw invalidFields({ path: 'organization', message: 'is an id or null' })
    }
    if (organization !== null) recordOf(tenant, 'organizations', organization)
    res.json(updateRecord(tenant, 'teams', team, { organization }))
    emit('team.updated', { team_id: team.id })
  })
  return router
}
