import { type Request, Router } from 'express'
import { badRequest } from './api-error.ts'
import { type DataParts, recordsFor, settable } from './record-access.ts'
import { tokenPage } from './request-content.ts'
import type { DataRecord } from './tables.ts'

const outgoing = ['from', 'subject', 'body', 'to', 'cc', 'bcc', 'replyTo']

/** `/v1/email`: what is sent is found among the messages. */
export function emailRoutes(parts: DataParts): Router {
  const { okSpelling, clock } = parts.settings
  const router = Router({ caseSensitive: true, strict: true })
  const messages = (req: Request, scope: string) => recordsFor(parts, req, { kind: 'message', scope })

  router.get('/v1/email/folders', (req, res) => {
    parts.credentials.requireAccount(req, 'Mail.Read')
    const records = ['inbox', 'sent', 'trash'].map((id) => ({ id, name: id, isFolder: true, sysLabel: id }))
    res.json({ length: records.length, records })
  })
  router.get('/v1/email/messages', (req, res) => {
    const all = messages(req, 'Mail.Read').all().filter(containing(req.query.q))
    res.json(tokenPage(all.map(withoutEtag), req.query.pageToken))
  })
  router.post('/v1/email/messages', (req, res) => {
    const content = settable(req.body, outgoing)
    if (!Array.isArray(content.to) || content.to.length === 0) throw badRequest('to is required')
    const { email = 'admin@sandbox.example' } = parts.credentials.requireAccount(req, 'Mail.Send')
    const sentAt = new Date(clock.now()).toISOString()
    const own = { from: content.from ?? { address: email }, threadId: `thread-${clock.now()}` }
    const times = { createdTime: sentAt, lastModifiedTime: sentAt, sentAt }
    const { id } = messages(req, 'Mail.Send').create({ ...content, ...own, ...times, sysLabels: ['sent'] })
    const ids = req.query.returnIds === 'true' ? { id, threadId: own.threadId } : {}
    res.status(201).json({ status: okSpelling, ...ids, processingStatus: 'Ok' })
  })
  router.get('/v1/email/messages/:messageId', (req, res) => {
    res.json(withoutEtag(messages(req, 'Mail.Read').get(req.params.messageId)))
  })
  router.delete('/v1/email/messages/:messageId', (req, res) => {
    messages(req, 'Mail.ReadWrite').remove(req.params.messageId)
    res.json({ status: okSpelling })
  })
  return router
}

function containing(q: unknown): (message: DataRecord) => boolean {
  if (typeof q !== 'string') return () => true
  return ({ subject }) => String(subject).toLowerCase().includes(q.toLowerCase())
}

/** Messages have none in the document. */
function withoutEtag({ etag: _, ...message }: DataRecord): object {
  return message
}
