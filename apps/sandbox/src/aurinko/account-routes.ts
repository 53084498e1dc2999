import { Router } from 'express'
import { accountOf, type NewAccount, removeAccount, saveAccount, setTokenStatus } from './accounts.ts'
import { badRequest } from './api-error.ts'
import type { AurinkoSettings } from './aurinko-options.ts'
import type { Credentials } from './credentials.ts'
import { bodyOf, offsetPage, requiredText, textsOf } from './request-content.ts'
import { type Account, newText, type Tables } from './tables.ts'

/** `/v1/account` for the account itself, `/v1/am/` for the application that has them all. */
export function accountRoutes(tables: Tables, settings: AurinkoSettings, credentials: Credentials): Router {
  const router = Router({ caseSensitive: true, strict: true })

  router.get('/v1/account', (req, res) => {
    const account = credentials.requireAccount(req)
    const shown = req.query.includeProviderAuth === 'true' ? { providerAccessToken: newText() } : {}
    res.json({ ...account, ...shown })
  })
  router.delete('/v1/account', (req, res) => {
    removeAccount(tables, credentials.requireAccount(req).id)
    res.status(200).end()
  })
  router.delete('/v1/account/token', (req, res) => {
    setTokenStatus(tables, credentials.requireAccount(req).id, 'dead')
    res.status(200).end()
  })
  router.use('/v1/am', (req, _res, next) => {
    credentials.requireApplication(req)
    next()
  })
  router.get('/v1/am/svc_accounts', (req, res) => {
    res.json(
      offsetPage(
        matching(tables, (account) => account.daemon, req.query),
        req.query,
      ),
    )
  })
  router.post('/v1/am/svc_accounts', (req, res) => {
    res.json({ accountId: upsert(tables, { ...accountContent(req.body), type: 'daemon' }, settings) })
  })
  router.post('/v1/am/svc_accounts/:id/accounts', (req, res) => {
    const parentId = accountOf(tables, Number(req.params.id)).id
    res.json({
      accountId: upsert(tables, { ...accountContent(req.body), type: 'managed', parentId }, settings),
    })
  })
  router.get('/v1/am/accounts', (req, res) => {
    res.json(
      offsetPage(
        matching(tables, (account) => !account.daemon, req.query),
        req.query,
      ),
    )
  })
  router.post('/v1/am/accounts', (req, res) => {
    res.json({ accountId: upsert(tables, { ...accountContent(req.body), type: 'personal' }, settings) })
  })
  router.post('/v1/am/accounts/connect', (req, res) => {
    accountContent(req.body)
    res.json({ status: settings.okSpelling })
  })
  router.get('/v1/am/accounts/:id', (req, res) => {
    res.json(accountOf(tables, Number(req.params.id)))
  })
  router.delete('/v1/am/accounts/:id', (req, res) => {
    removeAccount(tables, Number(req.params.id))
    res.status(200).end()
  })
  return router
}

const filters = ['clientOrgId', 'authOrgId', 'serviceType'] as const

function matching(
  tables: Tables,
  isListed: (account: Account) => boolean,
  query: Readonly<Record<string, unknown>>,
): readonly Account[] {
  const wanted = Object.entries(textsOf(query, filters))
  return [...tables.accounts.values()].filter(
    (account) => isListed(account) && wanted.every(([name, value]) => Object(account)[name] === value),
  )
}

/** Required are `active`, `serviceType`, and one of `email` and `loginString`. */
function accountContent(content: unknown): Omit<NewAccount, 'type'> {
  const body = bodyOf(content)
  const texts = textsOf(body, ['email', 'loginString', 'name', 'timezone', 'authUserId', ...filters])
  if (typeof body.active !== 'boolean') throw badRequest('active is required')
  if (texts.email === undefined && texts.loginString === undefined) {
    throw badRequest('email or loginString is required')
  }
  return { ...texts, active: body.active, serviceType: requiredText(body, 'serviceType') }
}

/** The same person at the same service is the same account, as the default recycle keys have it. */
function upsert(tables: Tables, content: NewAccount, { clock }: AurinkoSettings): number {
  const keys = content.type === 'daemon' ? (['clientOrgId'] as const) : (['email', 'clientOrgId'] as const)
  const before = [...tables.accounts.values()].find(
    (account) =>
      account.type === content.type &&
      account.serviceType === content.serviceType &&
      account.parentId === content.parentId &&
      keys.every((key) => account[key] === content[key]),
  )
  return saveAccount(tables, { ...content, ...(before && { id: before.id }) }, clock.now()).id
}
