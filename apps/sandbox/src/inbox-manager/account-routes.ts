import { Router } from 'express'
import { accountOf, createAccount, findAccounts, removeAccount, renameAccount } from './accounts.ts'
import { ApiError } from './api-error.ts'
import type { InboxManagerSettings } from './inbox-manager-options.ts'
import { optionalText, pageFrom, pageOf, requiredText } from './request-content.ts'
import type { Tables } from './tables.ts'

/** `/api/accounts`: create (both ways that the vendor names), read, list, search, rename, remove. */
export function accountRoutes(tables: Tables, settings: InboxManagerSettings): Router {
  const { childAccountPath, createStatus, deleteStatus } = settings
  const router = Router({ caseSensitive: true, strict: true })

  router.get('/api/accounts', (req, res) => {
    res.json(pageFrom(findAccounts(tables), pageOf(req.query)))
  })
  router.post('/api/accounts/search', (req, res) => {
    res.json(pageFrom(findAccounts(tables, optionalText(req.body, 'query')), pageOf(req.body)))
  })
  router.post('/api/accounts', (req, res) => {
    const parentAccountId = optionalText(req.body, 'parent_account_id')
    if (childAccountPath === 'nested' && parentAccountId !== undefined) {
      throw new ApiError('not_found', 'child accounts are made at /api/accounts/{id}/accounts')
    }
    const account = createAccount(tables, { name: requiredText(req.body, 'name'), parentAccountId })
    res.status(createStatus).json(account)
  })
  router.post('/api/accounts/:accountId/accounts', (req, res, next) => {
    if (childAccountPath === 'flat') return next()
    const parentAccountId = accountOf(tables, req.params.accountId).id
    const account = createAccount(tables, { name: requiredText(req.body, 'name'), parentAccountId })
    res.status(createStatus).json(account)
  })
  router.get('/api/accounts/:accountId', (req, res) => {
    res.json(accountOf(tables, req.params.accountId))
  })
  router.patch('/api/accounts/:accountId', (req, res) => {
    res.json(renameAccount(tables, req.params.accountId, requiredText(req.body, 'name')))
  })
  router.delete('/api/accounts/:accountId', (req, res) => {
    removeAccount(tables, req.params.accountId)
    res.status(deleteStatus).json({})
  })
  return router
}
