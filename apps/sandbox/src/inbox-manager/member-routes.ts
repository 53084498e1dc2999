import { Router } from 'express'
import type { InboxManagerSettings } from './inbox-manager-options.ts'
import { addMember, changeRole, findMembers, removeMember } from './members.ts'
import { optionalText, pageFrom, pageOf, requiredRole, requiredText } from './request-content.ts'
import type { Tables } from './tables.ts'

/** `/api/accounts/{id}/members`: add, list, search, change the role, remove. Body fields of `add` are assumed. */
export function memberRoutes(tables: Tables, { createStatus, deleteStatus }: InboxManagerSettings): Router {
  const router = Router({ caseSensitive: true, strict: true })

  router.get('/api/accounts/:accountId/members', (req, res) => {
    res.json(pageFrom(findMembers(tables, req.params.accountId), pageOf(req.query)))
  })
  router.post('/api/accounts/:accountId/members/search', (req, res) => {
    const found = findMembers(tables, req.params.accountId, optionalText(req.body, 'query'))
    res.json(pageFrom(found, pageOf(req.body)))
  })
  router.post('/api/accounts/:accountId/members', (req, res) => {
    const { accountId } = req.params
    const member = addMember(tables, {
      accountId,
      userId: requiredText(req.body, 'user_id'),
      role: requiredRole(req.body),
    })
    res.status(createStatus).json(member)
  })
  router.patch('/api/accounts/:accountId/members/:memberId', (req, res) => {
    const { accountId, memberId } = req.params
    res.json(changeRole(tables, accountId, memberId, requiredRole(req.body)))
  })
  router.delete('/api/accounts/:accountId/members/:memberId', (req, res) => {
    removeMember(tables, req.params.accountId, req.params.memberId)
    res.status(deleteStatus).json({})
  })
  return router
}
