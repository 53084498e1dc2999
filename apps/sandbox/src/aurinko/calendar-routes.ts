import { type Request, Router } from 'express'
import { badRequest } from './api-error.ts'
import { type DataParts, recordsFor, saved, settable } from './record-access.ts'
import { requiredEtag } from './records.ts'
import { requiredText, tokenPage } from './request-content.ts'
import type { DataRecord } from './tables.ts'

const calendarMembers = ['name', 'color', 'description']
const eventMembers = ['subject', 'description', 'location', 'start', 'end']

/** `/v1/calendars` and the events in them. */
export function calendarRoutes(parts: DataParts): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const calendars = (req: Request, scope: string) => recordsFor(parts, req, { kind: 'calendar', scope })
  const now = () => new Date(parts.settings.clock.now()).toISOString()
  /** The calendar has to be there, or nothing in it is. */
  function events(req: Request<{ calendarId: string }>, scope: string) {
    const { id: container } = calendars(req, scope).get(req.params.calendarId)
    return recordsFor(parts, req, { kind: 'event', container, scope })
  }
  const path = '/v1/calendars/:calendarId/events'

  router.get('/v1/calendars', (req, res) => {
    const all = calendars(req, 'Calendar.Read').all().map(withoutEtag)
    res.json(tokenPage(all, req.query.pageToken))
  })
  router.post('/v1/calendars', (req, res) => {
    const content = settable(req.body, calendarMembers)
    const name = requiredText(content, 'name')
    const records = calendars(req, 'Calendar.ReadWrite')
    res.json(withoutEtag(records.create({ ...content, name, accessRole: 'owner', primary: false })))
  })
  router.get('/v1/calendars/:id', (req, res) => {
    res.json(withoutEtag(calendars(req, 'Calendar.Read').get(req.params.id)))
  })
  router.patch('/v1/calendars/:id', (req, res) => {
    const change = settable(req.body, calendarMembers)
    res.json(withoutEtag(calendars(req, 'Calendar.ReadWrite').patch(req.params.id, change)))
  })
  router.get(`${path}/range`, (req, res) => {
    const [from, to] = [instant(req.query.timeMin, 'timeMin'), instant(req.query.timeMax, 'timeMax')]
    const within = (event: DataRecord) => startOf(event) >= from && startOf(event) < to
    res.json(tokenPage(events(req, 'Calendar.Read').all().filter(within), req.query.pageToken))
  })
  router.post(path, (req, res) => {
    const content = settable(req.body, eventMembers)
    const own = { calendarId: req.params.calendarId, createdTime: now(), lastModifiedTime: now() }
    res.status(201).json(saved(events(req, 'Calendar.ReadWrite').create({ ...content, ...own }), req.query))
  })
  router.get(`${path}/:eventId`, (req, res) => {
    res.json(events(req, 'Calendar.Read').get(req.params.eventId))
  })
  router.patch(`${path}/:eventId`, (req, res) => {
    const change = { ...settable(req.body, eventMembers), lastModifiedTime: now() }
    const etag = requiredEtag(req.headers['if-match'])
    res.json(saved(events(req, 'Calendar.ReadWrite').patch(req.params.eventId, change, etag), req.query))
  })
  router.delete(`${path}/:eventId`, (req, res) => {
    events(req, 'Calendar.ReadWrite').remove(req.params.eventId)
    res.status(200).end()
  })
  return router
}

/** Calendars have none in the document. */
function withoutEtag({ etag: _, ...calendar }: DataRecord): object {
  return calendar
}

function instant(value: unknown, name: string): number {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (Number.isNaN(time)) throw badRequest(`${name} is required`)
  return time
}

function startOf({ start }: DataRecord): number {
  const { dateTime, dateOnly } = Object(start)
  return Date.parse(dateTime ?? dateOnly)
}
