import { changes, lists, posts, reads, refused, removes, type ServiceCall, tells } from './service-call.ts'

const users = '/authaction/api/v1/users'
const passkeys = '/authaction/api/v1/passkey-plus/app_known'
const calendar = '/aurinko/v1/calendars/cal_known'
const person = { externalId: 'ada', displayName: 'Ada' }
const begun = { answer: { data: { transactionId: 'tx_known' } } }
const mails = '/aurinko/v1/email/messages'
const own = { claims: { calendars: ['cal_known'] } }
const to = (count: number) => Array.from({ length: count }, (_, n) => ({ address: `a${n}@contract.example` }))

/** What the services of the team Workplace call. */
export const workplaceTeam: Readonly<Record<string, readonly ServiceCall[]>> = {
  login: [
    posts('the beginning of a passkey', `${passkeys}/transaction/register`, person, begun),
    posts('the beginning of a sign-in', `${passkeys}/transaction/authenticate`, person, begun),
    posts(
      'the end of a sign-in',
      `${passkeys}/authenticate/verify`,
      { nonce: 'nonce_known' },
      { answer: { data: { verified: true } } },
    ),
    refused(lists('which people there are', users)),
  ],
  people: [
    lists('which people there are', users),
    reads('one of them', `${users}/uid_known`),
    posts('somebody who joins', users, { email: 'ada@contract.example' }),
    changes('somebody who moves', `PATCH ${users}/uid_known`, { name: 'Ada' }),
    lists('which roles somebody has', `${users}/uid_known/roles`),
    tells('a role that it may give', `${users}/uid_known/roles`, { roles: ['engineer'] }),
    refused(tells('an administrator', `${users}/uid_known/roles`, { roles: ['administrator'] })),
    removes('somebody who leaves', `${users}/uid_known`),
    removes('the roles of somebody who leaves', `${users}/uid_known/roles`),
  ],
  scheduling: [
    lists('which calendars there are', '/aurinko/v1/calendars'),
    reads('one calendar', calendar),
    lists('what is on this week', `${calendar}/events/range?timeMin=2026-01-05&timeMax=2026-01-12`),
    reads('one event', `${calendar}/events/evt_known`),
    posts('an event in an own calendar', `${calendar}/events`, { subject: 'Contracts' }, own),
    changes(
      'another time for it',
      `PATCH ${calendar}/events/evt_known`,
      { subject: 'Contracts' },
      { ...own, headers: { 'if-match': 'etag_known' } },
    ),
    refused(posts('an event in another calendar', '/aurinko/v1/calendars/cal_other/events', {}, own)),
    posts('a mail to a few', mails, { subject: 'Contracts', to: to(1) }, { answer: { status: 'Ok' } }),
    refused(posts('a mail with somebody in copy', mails, { subject: 'Contracts', to: to(1), cc: to(1) })),
    refused(posts('a mail to everybody', mails, { subject: 'Contracts', to: to(21) })),
  ],
}
