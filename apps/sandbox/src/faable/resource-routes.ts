import { type Request, Router } from 'express'
import { FaableError, invalidFields } from './faable-error.ts'
import { readFields } from './fields.ts'
import { listRecords } from './list-records.ts'
import { createRecord, recordOf, updateRecord } from './record-operations.ts'
import type { FaableRecord } from './records.ts'
import { type Resource, resources } from './resources.ts'
import type { ScopeGuard } from './scope-guard.ts'
import { shown } from './shown.ts'
import type { Tenant } from './tenant.ts'
import type { EmitEvent } from './webhook-events.ts'

/** What every group of routes is built from. */
export interface RouteParts {
  readonly tenant: Tenant
  readonly guard: ScopeGuard
  /** Tells the webhooks what happened. */
  readonly emit: EmitEvent
}

/** The parameters of a request's query, as they were sent. */
export function parametersOf({ originalUrl }: Request): URLSearchParams {
  return new URL(originalUrl, 'http://sandbox').searchParams
}

/** Reading: everything that has a path of its own, under each of its spellings. */
export function readingRoutes({ tenant, guard }: RouteParts): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const readable = Object.values(resources).filter(({ name }) => name !== 'organizations')
  for (const resource of readable) {
    for (const path of resource.paths) {
      const scope = `read:${resource.name}`
      router.get(path, guard(scope), (req, res) => {
        const { tables, settings } = tenant
        res.json(listRecords(parametersOf(req), { tables, resource, settings }))
      })
      router.get(`${path}/:id`, guard(scope), (req, res) => {
        res.json(shown(resource, recordOf(tenant, resource.name, req.params.id)))
      })
    }
  }
  return router
}

/** Create, update (a `POST` to the resource) and delete of the resources that have nothing special to them. */
export function plainRoutes({ tenant, guard }: RouteParts): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const { createStatus, deleteStatus } = tenant.settings
  for (const name of ['clients', 'connections', 'apis', 'actions', 'notification_subscriptions'] as const) {
    const resource = resources[name]
    for (const path of resource.paths) {
      router.post(path, guard(`create:${name}`), (req, res) => {
        const fields = readFields(req.body, resource.fields, true)
        res.status(createStatus).json(createRecord(tenant, name, prepared(resource, fields, tenant)))
      })
      router.post(`${path}/:id`, guard(`update:${name}`), (req, res) => {
        const record = recordOf(tenant, name, req.params.id)
        const fields = readFields(req.body, resource.fields, false)
        refuseImmutable(resource, record, fields)
        res.json(shown(resource, updateRecord(tenant, name, record, fields)))
      })
      router.delete(`${path}/:id`, guard(`delete:${name}`), (req, res) => {
        tenant.tables[name].remove(recordOf(tenant, name, req.params.id).id)
        res.status(deleteStatus).json({})
      })
    }
  }
  return router
}

/** What a new record gets from the server, or needs besides its fields. */
function prepared(
  { name }: Resource,
  fields: Readonly<Record<string, unknown>>,
  tenant: Tenant,
): Readonly<Record<string, unknown>> {
  if (name === 'clients') return withClientSecret(fields)
  if (name !== 'notification_subscriptions' || fields.channel !== 'webhook') return fields
  if (tenant.settings.plan === 'free') throw new FaableError('plan_required', 'webhooks are not in this plan')
  const missing = ['url', 'secret', 'events'].filter((path) => fields[path] === undefined)
  if (missing.length > 0) throw invalidFields(...missing.map((path) => ({ path, message: 'is required' })))
  return fields
}

function withClientSecret(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const id = `client_${crypto.randomUUID().replaceAll('-', '')}`
  return { ...fields, id, client_id: id, client_secret: crypto.randomUUID() + crypto.randomUUID() }
}

/** An API is known by its identifier in tokens that are out already. */
function refuseImmutable(
  { name }: Resource,
  record: FaableRecord,
  fields: Readonly<Record<string, unknown>>,
) {
  if (name === 'apis' && fields.identifier !== undefined && fields.identifier !== record.identifier) {
    throw invalidFields({ path: 'identifier', message: 'cannot be changed' })
  }
}
