import { Router } from 'express'
import { FaableError } from './faable-error.ts'
import { recordOf, updateRecord } from './record-operations.ts'
import type { RouteParts } from './resource-routes.ts'

/** `POST /session/{id}/revoke`: once; the row stays for the history. */
export function sessionRoutes({ tenant, guard }: RouteParts): Router {
  const router = Router({ caseSensitive: true, strict: true })
  router.post('/session/:id/revoke', guard('update:sessions'), (req, res) => {
    const session = recordOf(tenant, 'sessions', req.params.id)
    if (session.status === 'revoked') {
      throw new FaableError('session_already_revoked', 'this session is revoked already')
    }
    res.json(updateRecord(tenant, 'sessions', session, { status: 'revoked', revoked_reason: 'admin' }))
  })
  return router
}
