import { type Request, Router } from 'express'
import { ApiError } from './api-error.ts'
import { type DataParts, recordsFor, saved, settable } from './record-access.ts'
import { requiredEtag } from './records.ts'
import { tokenPage } from './request-content.ts'

const members = ['name', 'nickName', 'notes', 'emailAddresses']

/** `/v1/contacts`: there is no list of them, only a sync that tells what has changed since it began. */
export function contactRoutes(parts: DataParts): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const contacts = (req: Request, scope: string) => recordsFor(parts, req, { kind: 'contact', scope })
  const deleted = (req: Request, scope: string) => recordsFor(parts, req, { kind: 'deletedContact', scope })
  const now = () => new Date(parts.settings.clock.now()).toISOString()

  router.post('/v1/contacts/sync', (req, res) => {
    parts.credentials.requireAccount(req, 'Contacts.Read')
    res.json({ syncUpdatedToken: firstDelta, syncDeletedToken: firstDelta, ready: true })
  })
  router.get('/v1/contacts/sync/updated', (req, res) => {
    res.json(deltaPage(contacts(req, 'Contacts.Read').all(), req.query))
  })
  router.get('/v1/contacts/sync/deleted', (req, res) => {
    const rows = deleted(req, 'Contacts.Read').all()
    const gone = rows.map(({ contactId, timestamp }) => ({ id: contactId, timestamp }))
    res.json(deltaPage(gone, req.query))
  })
  router.post('/v1/contacts', (req, res) => {
    const own = { createdTime: now(), lastModifiedTime: now() }
    const contact = contacts(req, 'Contacts.ReadWrite').create({ ...settable(req.body, members), ...own })
    res.status(201).json(saved(contact, req.query))
  })
  router.get('/v1/contacts/:contactId', (req, res) => {
    res.json(contacts(req, 'Contacts.Read').get(req.params.contactId))
  })
  router.patch('/v1/contacts/:contactId', (req, res) => {
    const change = { ...settable(req.body, members), lastModifiedTime: now() }
    const etag = requiredEtag(req.headers['if-match'])
    res.json(saved(contacts(req, 'Contacts.ReadWrite').patch(req.params.contactId, change, etag), req.query))
  })
  router.delete('/v1/contacts/:contactId', (req, res) => {
    const { id: contactId } = contacts(req, 'Contacts.ReadWrite').remove(req.params.contactId)
    deleted(req, 'Contacts.ReadWrite').create({ contactId, timestamp: now() })
    res.status(200).end()
  })
  return router
}

const firstDelta = 'delta-0'

/** Everything from the start; a token that is not this sandbox's is gone (410), as an old one would be. */
function deltaPage<T>(all: readonly T[], { deltaToken, pageToken }: Request['query']) {
  if (pageToken === undefined && deltaToken !== firstDelta) {
    throw new ApiError(410, 'syncToken.expired', 'syncToken expired.')
  }
  const page = tokenPage(all, pageToken)
  return 'nextPageToken' in page ? page : { ...page, nextDeltaToken: firstDelta }
}
