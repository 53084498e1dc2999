import { Router } from 'express'
import { ApiError } from './api-error.ts'
import type { InboxManagerSettings } from './inbox-manager-options.ts'
import { requiredText } from './request-content.ts'
import { inboxManagerSeed } from './seed.ts'
import type { Tables } from './tables.ts'
import { createUser, removeUser } from './users.ts'

/** Create a user of the application, and remove one. */
export function userRoutes(tables: Tables, { createStatus, deleteStatus }: InboxManagerSettings): Router {
  const router = Router({ caseSensitive: true, strict: true })

  router.post('/api/applications/:applicationId/users', (req, res) => {
    const { applicationId } = req.params
    if (applicationId !== inboxManagerSeed.applicationId) {
      throw new ApiError('not_found', `there is no application ${applicationId}`)
    }
    res.status(createStatus).json(createUser(tables, { status: requiredText(req.body, 'status') }))
  })
  router.delete('/api/users/:userId', (req, res) => {
    removeUser(tables, req.params.userId)
    res.status(deleteStatus).json({})
  })
  return router
}
