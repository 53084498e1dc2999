import { Router } from 'express'
import { ApiError } from './api-error.ts'
import { invitationRequest, invite, renewInvitation, revokeInvitation } from './invitations.ts'
import type { LoginRadiusSettings } from './loginradius-options.ts'
import { activeOrganizationOf, ofOrganization, organizationOf } from './organizations.ts'
import type { Tables } from './tables.ts'

/** `/invitations`: camelCase in, PascalCase out; a revocation answers with the invitation, not with `IsDeleted`. */
export function invitationRoutes(tables: Tables, settings: LoginRadiusSettings): Router {
  const { clock, createStatus, inactiveStatus, invitationLifetimeSeconds: lifetimeSeconds } = settings
  const router = Router({ caseSensitive: true, strict: true })
  const time = () => ({ now: clock.now(), lifetimeSeconds })

  router.get('/invitations', (req, res) => {
    const { orgid } = req.query
    if (typeof orgid !== 'string' || orgid === '') throw new ApiError(7900, 'orgid is required')
    res.json({ Data: ofOrganization(tables.invitations, organizationOf(tables, orgid).Id) })
  })
  router.post('/invitations', (req, res) => {
    const request = invitationRequest(tables, req.body)
    activeOrganizationOf(tables, request.OrgId, inactiveStatus)
    res.status(createStatus).json(invite(tables, request, time()))
  })
  router.put('/invitations/:invitationId', (req, res) => {
    res.json(renewInvitation(tables, req.params.invitationId, { content: req.body, ...time() }))
  })
  router.delete('/invitations/:invitationId', (req, res) => {
    res.json(revokeInvitation(tables, req.params.invitationId, clock.now()))
  })
  // Assumed: the shape of this answer is not public.
  router.post('/invitations/:invitationId/resend', (req, res) => {
    res.json(renewInvitation(tables, req.params.invitationId, time()))
  })
  return router
}
