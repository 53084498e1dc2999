import { saveAccount } from './accounts.ts'
import { recordsOf } from './records.ts'
import type { Tables } from './tables.ts'

/** What exists from the start, under ids that never change. */
export interface AurinkoSeed {
  /** Somebody's own account, which no consent of an administrator made. */
  readonly personalAccountId: number
}

/** One personal account; a service account comes of a consent only. */
export const aurinkoSeed: AurinkoSeed = { personalAccountId: 4711 }

/** Back to the first day. Return addresses are the application's settings and stay. */
export function resetTables(tables: Tables, now: number): void {
  const { returnUrls: _, ...state } = tables
  for (const table of Object.values(state)) table.clear()
  const email = 'someone@sandbox.example'
  const id = aurinkoSeed.personalAccountId
  saveAccount(tables, { id, type: 'personal', serviceType: 'Google', email, loginString: email }, now)
}

/** What a new account finds: a calendar, a message, a list of tasks. */
export function fillMailbox(tables: Tables, accountId: number, now: number): void {
  const of = (kind: 'calendar' | 'message' | 'taskList') =>
    recordsOf({ tables, accountId, kind, now: () => now })
  if (of('calendar').all().length > 0) return
  const time = new Date(now).toISOString()
  of('calendar').create({ name: 'Calendar', accessRole: 'owner', primary: true })
  of('taskList').create({ title: 'Tasks', owner: true, defaultList: true, lastModifiedTime: time })
  of('message').create({
    threadId: 'thread-welcome',
    subject: 'Welcome',
    from: { name: 'Sandbox', address: 'sandbox@sandbox.example' },
    to: [{ address: 'admin@sandbox.example' }],
    sysLabels: ['inbox', 'unread'],
    receivedAt: time,
    createdTime: time,
  })
}
