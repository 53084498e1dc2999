import { type Request, Router } from 'express'
import { type DataParts, recordsFor, saved, settable } from './record-access.ts'
import { requiredText, tokenPage } from './request-content.ts'

const members = ['title', 'notes', 'status', 'importance', 'due']

/** `/v1/tasklists` and the tasks in them. */
export function taskRoutes(parts: DataParts): Router {
  const { okSpelling, clock } = parts.settings
  const router = Router({ caseSensitive: true, strict: true })
  const lists = (req: Request, scope: string) => recordsFor(parts, req, { kind: 'taskList', scope })
  const now = () => new Date(clock.now()).toISOString()
  /** The list has to be there, or nothing in it is. */
  function tasks(req: Request<{ listId: string }>, scope: string) {
    const { id: container } = lists(req, scope).get(req.params.listId)
    return recordsFor(parts, req, { kind: 'task', container, scope })
  }
  const path = '/v1/tasklists/:listId/tasks'

  router.get('/v1/tasklists', (req, res) => {
    res.json(tokenPage(lists(req, 'Tasks.Read').all(), req.query.pageToken))
  })
  router.post('/v1/tasklists', (req, res) => {
    const title = requiredText(settable(req.body, ['title']), 'title')
    const own = { owner: true, defaultList: false, lastModifiedTime: now() }
    res.status(201).json(lists(req, 'Tasks.ReadWrite').create({ title, ...own }))
  })
  router.get('/v1/tasklists/:listId', (req, res) => {
    res.json(lists(req, 'Tasks.Read').get(req.params.listId))
  })
  router.delete('/v1/tasklists/:listId', (req, res) => {
    lists(req, 'Tasks.ReadWrite').remove(req.params.listId)
    res.json({ status: okSpelling })
  })
  router.get(path, (req, res) => {
    res.json(tokenPage(tasks(req, 'Tasks.Read').all(), req.query.pageToken))
  })
  router.post(path, (req, res) => {
    const content = settable(req.body, members)
    const task = { status: 'notStarted', importance: 'normal', ...content, lastModifiedTime: now() }
    const title = requiredText(content, 'title')
    res.status(201).json(saved(tasks(req, 'Tasks.ReadWrite').create({ ...task, title }), req.query))
  })
  router.get(`${path}/:id`, (req, res) => {
    res.json(tasks(req, 'Tasks.Read').get(req.params.id))
  })
  router.patch(`${path}/:id`, (req, res) => {
    const change = { ...settable(req.body, members), lastModifiedTime: now() }
    const records = tasks(req, 'Tasks.ReadWrite')
    res.json(saved(records.patch(req.params.id, change, req.headers['if-match']), req.query))
  })
  router.delete(`${path}/:id`, (req, res) => {
    tasks(req, 'Tasks.ReadWrite').remove(req.params.id)
    res.json({ status: okSpelling })
  })
  return router
}
