import { Router } from 'express'
import { FaableError, invalidFields } from './faable-error.ts'
import { readFields } from './fields.ts'
import { importUsers } from './import-users.ts'
import { createRecord, recordOf, updateRecord } from './record-operations.ts'
import type { FaableRecord } from './records.ts'
import type { RouteParts } from './resource-routes.ts'
import { resources } from './resources.ts'

/** Users: create, import, update (a `POST` to the user), delete, and their passwords. */
export function userRoutes({ tenant, guard, emit }: RouteParts): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const { createStatus, deleteStatus, clock } = tenant.settings

  router.post('/user', guard('create:users'), (req, res) => {
    const user = createUser(req.body)
    emit('user.created', { user: { user_id: user.id, email: user.email } })
    res.status(createStatus).json(user)
  })
  router.post('/user/import', guard('create:users', 'update:credentials'), (req, res) => {
    res.json(importUsers(req.body, tenant, emit))
  })
  router.post('/user/:id', guard('update:users'), (req, res) => {
    const before = recordOf(tenant, 'users', req.params.id)
    const fields = readFields(req.body, { ...resources.users.fields, ...suspension }, false)
    refuseBadEmail(fields)
    const user = updateRecord(tenant, 'users', before, { ...fields, ...suspended(fields, clock) })
    createRecord(tenant, 'logs', { type: 'admin.user.updated', status: 'info', user: user.id })
    emit('user.updated', { user: { user_id: user.id, email: user.email } })
    res.json(user)
  })
  router.delete('/user/:id', guard('delete:users'), (req, res) => {
    const user = recordOf(tenant, 'users', req.params.id)
    tenant.tables.users.remove(user.id)
    emit('user.deleted', { user: { user_id: user.id, email: user.email } })
    res.status(deleteStatus).json({})
  })
  router.post('/credentials/:id/set-password', guard('update:credentials'), (req, res) => {
    const credential = recordOf(tenant, 'credentials', req.params.id)
    const fields = readFields(req.body, { password: 'text', password_hash: 'any' }, false)
    if (Object.keys(fields).length !== 1) {
      throw invalidFields({ path: 'password', message: 'either it or password_hash is required' })
    }
    const { id, updatedAt } = updateRecord(tenant, 'credentials', credential, {})
    res.json({ id, updatedAt })
  })

  function createUser(body: unknown): FaableRecord {
    const fields = readFields(body, { ...resources.users.fields, suspended: 'flag' }, true)
    if (fields.suspended === true) {
      throw invalidFields({ path: 'suspended', message: 'a user cannot be created suspended' })
    }
    refuseBadEmail(fields)
    return createRecord(tenant, 'users', {
      email_verified: false,
      logins_count: 0,
      suspended: false,
      ...fields,
    })
  }
  return router
}

const suspension = { suspended: 'flag', suspended_reason: 'text' } as const

/** Suspending is stamped with its time; reinstating clears time and reason. */
function suspended(
  { suspended: flag, suspended_reason: reason }: Readonly<Record<string, unknown>>,
  clock: { now(): number },
): Readonly<Record<string, unknown>> {
  if (typeof reason === 'string' && reason.length > 512) {
    throw invalidFields({ path: 'suspended_reason', message: 'is longer than 512 characters' })
  }
  if (flag === true) return { suspended_at: new Date(clock.now()).toISOString() }
  return flag === false ? { suspended_at: undefined, suspended_reason: undefined } : {}
}

/** @throws {FaableError} `invalid_email` */
function refuseBadEmail({ email }: Readonly<Record<string, unknown>>): void {
  if (typeof email === 'string' && !/^[^@\s]+@[^@\s]+$/.test(email)) {
    throw new FaableError('invalid_email', 'the email address is not valid', {
      details: { fields: ['email'] },
    })
  }
}
