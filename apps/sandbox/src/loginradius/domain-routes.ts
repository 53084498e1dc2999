import { randomInt } from 'node:crypto'
import { Router } from 'express'
import { ApiError } from './api-error.ts'
import type { LoginRadiusSettings } from './loginradius-options.ts'
import { ofOrganization, organizationOf, ownedBy, showOwned } from './organizations.ts'
import { bodyOf, requiredText } from './request-content.ts'
import { type Domain, newId, type Tables } from './tables.ts'

/** `/organizations/{orgId}/domains`: to verify one is a `POST` on the domain itself, without a body. */
export function domainRoutes(tables: Tables, settings: LoginRadiusSettings): Router {
  const { createStatus, domainsHaveRecord } = settings
  const router = Router({ caseSensitive: true, strict: true })
  const found = ({ orgId, domainId }: { orgId: string; domainId: string }) =>
    ownedBy(tables, tables.domains, { orgId, id: domainId })

  router.get('/organizations/:orgId/domains', (req, res) => {
    const { Id: id } = organizationOf(tables, req.params.orgId)
    res.json({ Data: ofOrganization(tables.domains, id).map(showOwned) })
  })
  router.post('/organizations/:orgId/domains', (req, res) => {
    const { Id: orgId } = organizationOf(tables, req.params.orgId)
    const name = requiredText(bodyOf(req.body), 'DomainName')
    res.status(createStatus).json(showOwned(addDomain(tables, { orgId, name })))
  })
  router.get('/organizations/:orgId/domains/:domainId', (req, res) => {
    res.json(showOwned(found(req.params)))
  })
  router.post('/organizations/:orgId/domains/:domainId', (req, res) => {
    const domain = found(req.params)
    if (!domainsHaveRecord) throw new ApiError(8168, `There is no TXT record at ${domain.DomainName}`)
    const verified = { ...domain, IsVerified: true }
    tables.domains.set(domain.Id, verified)
    res.json(showOwned(verified))
  })
  router.delete('/organizations/:orgId/domains/:domainId', (req, res) => {
    tables.domains.delete(found(req.params).Id)
    res.json({ IsDeleted: true })
  })
  return router
}

/** Adds a domain that is not verified yet. @throws {ApiError} 7900 for a name without a dot */
export function addDomain(
  tables: Tables,
  {
    orgId,
    name,
    id = newId('org_domain'),
  }: { readonly orgId: string; readonly name: string; readonly id?: string },
): Domain {
  if (!/^[a-z\d-]+(\.[a-z\d-]+)+$/i.test(name)) throw new ApiError(7900, `${name} is no domain`)
  const domain = {
    Id: id,
    OrgId: orgId,
    DomainName: name,
    IsVerified: false,
    VerificationStrategy: 'manual',
    VerificationToken: String(randomInt(100_000, 1_000_000)),
  }
  tables.domains.set(id, domain)
  return domain
}
