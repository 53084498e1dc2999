import { changes, posts, reads, refused, removes, type ServiceCall } from './service-call.ts'

const users = '/authaction/api/v1/users'
const passkeys = '/authaction/api/v1/passkey-plus/app_known'
const calendar = '/aurinko/v1/calendars/cal_known'
const person = { externalId: 'ada', displayName: 'Ada' }
const own = { claims: { calendars: ['cal_known'] } }
const to = (count: number) => Array.from({ length: count }, (_, n) => ({ address: `a${n}@contract.example` }))

/** What the services of the team Workplace call. */
export const workplaceTeam: Readonly<Record<string, readonly ServiceCall[]>> = {
  login: [
    posts('the beginning of a passkey', `${passkeys}/transaction/register`, person),
    posts('the beginning of a sign-in', `${passkeys}/transaction/authenticate`, person),
    posts('the end of a sign-in', `${passkeys}/authenticate/verify`, { nonce: 'nonce_known' }),
    refused(reads('which people there are', users)),
  ],
  people: [
    reads('which people there are', users),
    reads('one of them', `${users}/uid_known`),
    posts('somebody who joins', users, { email: 'ada@contract.example' }),
    changes('somebody who moves', `PATCH ${users}/uid_known`, { name: 'Ada' }),
    reads('which roles somebody has', `${users}/uid_known/roles`),
    posts('a role that it may give', `${users}/uid_known/roles`, { roles: ['engineer'] }),
    refused(posts('an administrator', `${users}/uid_known/roles`, { roles: ['administrator'] })),
    removes('somebody who leaves', `${users}/uid_known`),
    removes('the roles of somebody who leaves', `${users}/uid_known/roles`),
  ],
  scheduling: [
    reads('which calendars there are', '/aurinko/v1/calendars'),
    reads('one calendar', calendar),
    reads('what is on this week', `${calendar}/events/range?timeMin=2026-01-05&timeMax=2026-01-12`),
    reads('one event', `${calendar}/events/evt_known`),
    posts('an event in an own calendar', `${calendar}/events`, { subject: 'Contracts' }, own),
    changes(
      'another time for it',
      `PATCH ${calendar}/events/evt_known`,
      { subject: 'Contracts' },
      { ...own, headers: { 'if-match': 'etag_known' } },
    ),
    refused(posts('an event in another calendar', '/aurinko/v1/calendars/cal_other/events', {}, own)),
    posts('a mail to a few', '/aurinko/v1/email/messages', { subject: 'Contracts', to: to(1) }),
    refused(posts('a mail to everybody', '/aurinko/v1/email/messages', { subject: 'Contracts', to: to(21) })),
  ],
}
