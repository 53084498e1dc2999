import { Router } from 'express'
import type { LoginRadiusSettings } from './loginradius-options.ts'
import { ofOrganization, organizationOf, ownedBy, showOwned } from './organizations.ts'
import { bodyOf, flag, optionalText, requiredText } from './request-content.ts'
import { type Connection, newId, type Tables } from './tables.ts'

/** `/organizations/{orgId}/connections`: create, read, replace, switch on and off, remove. */
export function connectionRoutes(tables: Tables, { clock, createStatus }: LoginRadiusSettings): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const found = ({ orgId, connectionId }: { orgId: string; connectionId: string }) =>
    ownedBy(tables, tables.connections, { orgId, id: connectionId })
  const path = '/organizations/:orgId/connections'

  router.get(path, (req, res) => {
    const { Id: id } = organizationOf(tables, req.params.orgId)
    res.json({ Data: ofOrganization(tables.connections, id).map(showOwned) })
  })
  router.post(path, (req, res) => {
    const { Id: orgId } = organizationOf(tables, req.params.orgId)
    res.status(createStatus).json(showOwned(saveConnection(tables, req.body, { orgId, now: clock.now() })))
  })
  router.get(`${path}/:connectionId`, (req, res) => {
    res.json(showOwned(found(req.params)))
  })
  router.put(`${path}/:connectionId`, (req, res) => {
    const { Id: id, OrgId: orgId } = found(req.params)
    res.json(showOwned(saveConnection(tables, req.body, { orgId, id, now: clock.now() })))
  })
  // Assumed: the body of this request is not public.
  router.put(`${path}/:connectionId/status`, (req, res) => {
    const changed = { ...found(req.params), IsActive: flag(bodyOf(req.body), 'IsActive') }
    tables.connections.set(changed.Id, changed)
    res.json(showOwned(changed))
  })
  router.delete(`${path}/:connectionId`, (req, res) => {
    tables.connections.delete(found(req.params).Id)
    res.json({ IsDeleted: true })
  })
  return router
}

/** Creates or replaces a connection. @throws {ApiError} 7914 without a `Name` */
export function saveConnection(
  tables: Tables,
  content: unknown,
  { orgId, now, id = newId('conn') }: { readonly orgId: string; readonly now: number; readonly id?: string },
): Connection {
  const body = bodyOf(content)
  const before = tables.connections.get(id)
  const date = new Date(now).toISOString()
  const connection: Connection = {
    Id: id,
    OrgId: orgId,
    Name: requiredText(body, 'Name'),
    Domain: optionalText(body, 'Domain') ?? '',
    ConnectionType: optionalText(body, 'ConnectionType') ?? 'saml_custom',
    IsActive: flag(body, 'IsActive', before?.IsActive ?? true),
    Attributes: body.Attributes ?? {},
    GroupRoles: [],
    CreatedDate: before?.CreatedDate ?? date,
    ModifiedDate: date,
  }
  tables.connections.set(id, connection)
  return connection
}
