import { Router } from 'express'
import { FaableError } from './faable-error.ts'
import { readFields } from './fields.ts'
import { createRecord, recordOf, updateRecord } from './record-operations.ts'
import type { FaableRecord } from './records.ts'
import { newId } from './records.ts'
import type { RouteParts } from './resource-routes.ts'
import { resources } from './resources.ts'

/** Organizations: their admins, mail domains, auto-join and Require SSO. Answers are assumed throughout. */
export function organizationRoutes({ tenant, guard, emit }: RouteParts): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const update = guard('update:organizations')
  const organizationOf = (id: string | undefined) => recordOf(tenant, 'organizations', id)
  function change(organization: FaableRecord, fields: Readonly<Record<string, unknown>>): FaableRecord {
    emit('organization.updated', { organization_id: organization.id })
    return updateRecord(tenant, 'organizations', organization, fields)
  }

  router.post('/organization', guard('create:organizations'), (req, res) => {
    const fields = readFields(req.body, resources.organizations.fields, true)
    const organization = createRecord(tenant, 'organizations', { admins: [], domains: [], ...fields })
    emit('organization.created', { organization_id: organization.id })
    res.status(tenant.settings.createStatus).json(organization)
  })
  router.post('/organization/:id/admin', update, (req, res) => {
    const organization = organizationOf(req.params.id)
    const { user_id } = readFields(req.body, { user_id: 'text!' }, true)
    const { id } = recordOf(tenant, 'users', String(user_id))
    res.json(change(organization, { admins: [...new Set([...listOf(organization.admins), id])] }))
  })
  router.delete('/organization/:id/admin/:userId', update, (req, res) => {
    const organization = organizationOf(req.params.id)
    const admins = listOf(organization.admins).filter((admin) => admin !== req.params.userId)
    if (admins.length === 0) throw new FaableError('conflict', 'one admin always remains')
    res.json(change(organization, { admins }))
  })
  router.post('/organization/:id/domain', update, (req, res) => {
    const organization = organizationOf(req.params.id)
    const { domain } = readFields(req.body, { domain: 'text!' }, true)
    const claim = { domain, verified: false, verification_token: newId('verify') }
    change(organization, { domains: [...listOf(organization.domains), claim] })
    res.status(tenant.settings.createStatus).json(claim)
  })
  router.post('/organization/:id/domain/:domain/verify', update, (req, res) => {
    const organization = organizationOf(req.params.id)
    const domains = listOf(organization.domains)
    const claim = domains.find(isFor(req.params.domain))
    if (claim === undefined) throw new FaableError('not_found', 'this domain was never claimed')
    const verified = { ...Object(claim), verified: true }
    change(organization, { domains: domains.map((one) => (one === claim ? verified : one)) })
    res.json(verified)
  })
  router.delete('/organization/:id/domain/:domain', update, (req, res) => {
    const organization = organizationOf(req.params.id)
    const isGone = isFor(req.params.domain)
    res.json(change(organization, { domains: listOf(organization.domains).filter((one) => !isGone(one)) }))
  })
  router.put('/organization/:id/auto-join', update, (req, res) => {
    res.json(change(organizationOf(req.params.id), { auto_join: req.body }))
  })
  router.put('/organization/:id/require-sso', update, (req, res) => {
    const { require_sso } = readFields(req.body, { require_sso: 'flag' }, true)
    res.json(change(organizationOf(req.params.id), { require_sso }))
  })
  return router
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isFor(domain: string): (claim: unknown) => boolean {
  return (claim) =>
    typeof claim === 'object' && claim !== null && 'domain' in claim && claim.domain === domain
}
