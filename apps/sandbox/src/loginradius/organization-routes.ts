import { Router } from 'express'
import type { LoginRadiusSettings } from './loginradius-options.ts'
import {
  ofOrganization,
  organizationOf,
  removeOrganization,
  saveOrganization,
  showOrganization,
} from './organizations.ts'
import { saveRole } from './roles.ts'
import type { Tables } from './tables.ts'

/** `/organizations`: create, list (all of them, there are no pages), read, replace, remove; their roles and people. */
export function organizationRoutes(tables: Tables, { clock, createStatus }: LoginRadiusSettings): Router {
  const router = Router({ caseSensitive: true, strict: true })

  router.get('/organizations', (_req, res) => {
    res.json({ Data: [...tables.organizations.values()].map((row) => showOrganization(tables, row)) })
  })
  router.post('/organizations', (req, res) => {
    const organization = saveOrganization(tables, req.body, { now: clock.now() })
    res.status(createStatus).json(showOrganization(tables, organization))
  })
  router.get('/organizations/:orgId', (req, res) => {
    res.json(showOrganization(tables, organizationOf(tables, req.params.orgId)))
  })
  router.put('/organizations/:orgId', (req, res) => {
    const { Id: id } = organizationOf(tables, req.params.orgId)
    res.json(showOrganization(tables, saveOrganization(tables, req.body, { now: clock.now(), id })))
  })
  router.delete('/organizations/:orgId', (req, res) => {
    removeOrganization(tables, req.params.orgId)
    res.json({ IsDeleted: true })
  })
  router.get('/organizations/:orgId/orgcontext', (req, res) => {
    const { Id: id } = organizationOf(tables, req.params.orgId)
    res.json({ Data: ofOrganization(tables.assignments, id) })
  })
  router.get('/organizations/:orgId/roles', (req, res) => {
    const { Id: id } = organizationOf(tables, req.params.orgId)
    res.json({ Data: ofOrganization(tables.roles, id) })
  })
  router.post('/organizations/:orgId/roles', (req, res) => {
    const { Id: id } = organizationOf(tables, req.params.orgId)
    res.status(createStatus).json(saveRole(tables, req.body, { orgId: id, now: clock.now() }))
  })
  return router
}
