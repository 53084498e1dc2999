import { type Request, Router } from 'express'
import { createRecord, type ResourceName, recordOf, updateRecord } from './records.ts'
import { fieldsOf, listOf } from './request-content.ts'
import type { Tenant } from './tenant.ts'

const writable = ['users', 'applications', 'api-servers', 'connections', 'roles', 'organizations'] as const

/** List, get, create, update (`PATCH`) and delete of every resource; plans are only listed. */
export function resourceRoutes(tenant: Tenant): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const { tables, settings } = tenant
  const list = (name: ResourceName) =>
    router.get(`/api/v1/${name}`, (req, res) => {
      res.json(listOf(tables.records[name].values(), parametersOf(req), settings))
    })
  list('plans')
  for (const name of writable) {
    list(name)
    router.post(`/api/v1/${name}`, (req, res) => {
      res.status(settings.createStatus).json(createRecord(tables, name, fieldsOf(req.body)))
    })
    router.get(`/api/v1/${name}/:id`, (req, res) => {
      res.json(recordOf(tables, name, String(req.params.id)))
    })
    router.patch(`/api/v1/${name}/:id`, (req, res) => {
      res.json(updateRecord(tables, name, String(req.params.id), fieldsOf(req.body)))
    })
    router.delete(`/api/v1/${name}/:id`, (req, res) => {
      tables.records[name].delete(recordOf(tables, name, String(req.params.id)).id)
      res.status(settings.deleteStatus).json({})
    })
  }
  return router
}

/** The parameters of a request's query, as they were sent. */
export function parametersOf({ originalUrl }: Request): URLSearchParams {
  return new URL(originalUrl, 'http://sandbox').searchParams
}
