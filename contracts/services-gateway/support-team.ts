import { finds, lists, reads, refused, type ServiceCall, tells } from './service-call.ts'

const accounts = '/inbox-manager/api/accounts'
const members = `${accounts}/acc_known/members` as const

/** What the services of the team Support call. */
export const supportTeam: Readonly<Record<string, readonly ServiceCall[]>> = {
  support: [
    finds('a search for accounts', `${accounts}/search`, { query: 'ada' }),
    reads('one account', `${accounts}/acc_known`),
    lists('who is a member', members),
    lists('which users a customer has', '/faable/user?query=suspended%3Afalse'),
    reads('one user', '/faable/user/user_known'),
    lists('which sessions there are', '/faable/session'),
    reads('one session', '/faable/session/session_known'),
    tells('a sign-out, by second level', '/faable/session/session_known/revoke', undefined, {
      claims: { groups: ['support', 'support-l2'] },
    }),
    refused(
      tells('a sign-out, by first level', '/faable/session/session_known/revoke', undefined, {
        claims: { groups: ['support'] },
      }),
    ),
  ],
  'fraud-watch': [
    lists('what happened', '/faable/logs'),
    reads('one thing that happened', '/faable/logs/log_known'),
    lists('which sessions there are', '/faable/session'),
    reads('one session', '/faable/session/session_known'),
    refused(tells('a sign-out', '/faable/session/session_known/revoke', undefined)),
  ],
  reporting: [
    lists('which accounts there are', accounts),
    lists('who is a member', members),
    lists('which people we are', '/authaction/api/v1/users'),
    lists('which partners there are', '/loginradius/v2/manage/organizations'),
    lists('which invitations a partner has', '/loginradius/v2/manage/invitations?orgid=org_known'),
    lists('a page of the log', '/faable/logs?pageSize=100'),
    refused(lists('the whole log', '/faable/logs?pageSize=100000')),
  ],
}
