import { posts, reads, refused, type ServiceCall } from './service-call.ts'

const accounts = '/inbox-manager/api/accounts'
const members = `${accounts}/acc_known/members` as const

/** What the services of the team Support call. */
export const supportTeam: Readonly<Record<string, readonly ServiceCall[]>> = {
  support: [
    posts('a search for accounts', `${accounts}/search`, { query: 'ada' }),
    reads('one account', `${accounts}/acc_known`),
    reads('who is a member', members),
    reads('which users a customer has', '/faable/user?query=suspended%3Afalse'),
    reads('one user', '/faable/user/user_known'),
    reads('which sessions there are', '/faable/session'),
    reads('one session', '/faable/session/session_known'),
    posts('a sign-out, by second level', '/faable/session/session_known/revoke', undefined, {
      claims: { groups: ['support', 'support-l2'] },
    }),
    refused(
      posts('a sign-out, by first level', '/faable/session/session_known/revoke', undefined, {
        claims: { groups: ['support'] },
      }),
    ),
  ],
  'fraud-watch': [
    reads('what happened', '/faable/logs'),
    reads('one thing that happened', '/faable/logs/log_known'),
    reads('which sessions there are', '/faable/session'),
    reads('one session', '/faable/session/session_known'),
    refused(posts('a sign-out', '/faable/session/session_known/revoke', undefined)),
  ],
  reporting: [
    reads('which accounts there are', accounts),
    reads('who is a member', members),
    reads('which people we are', '/authaction/api/v1/users'),
    reads('which partners there are', '/loginradius/v2/manage/organizations'),
    reads('which invitations a partner has', '/loginradius/v2/manage/invitations?orgid=org_known'),
    reads('a page of the log', '/faable/logs?pageSize=100'),
    refused(reads('the whole log', '/faable/logs?pageSize=100000')),
  ],
}
