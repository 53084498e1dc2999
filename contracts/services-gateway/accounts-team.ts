import { changes, finds, lists, posts, reads, refused, removes, type ServiceCall } from './service-call.ts'

const accounts = '/inbox-manager/api/accounts'
const members = `${accounts}/acc_known/members` as const
const claims = { account: 'acc_known' }
const ticket = { headers: { 'x-change-ticket': 'CHG-4711' } }

/** What the services of the team Accounts call. */
export const accountsTeam: Readonly<Record<string, readonly ServiceCall[]>> = {
  provisioning: [
    posts('a user of an application', '/inbox-manager/api/applications/app_known/users', {
      status: 'active',
    }),
    lists('which accounts there are', accounts),
    reads('one account', `${accounts}/acc_known`),
    posts('an account', accounts, { name: 'ada' }),
    posts('an account below another', `${accounts}/acc_known/accounts`, { name: 'ada' }),
    lists('who is a member of the own account', members, { claims }),
    posts('a member of the own account', members, { user_id: 'uid_known', role: 'viewer' }, { claims }),
    changes('another role for a member', `PATCH ${members}/mem_known`, { role: 'member' }, { claims }),
    refused(
      posts('an owner, made by a machine', members, { user_id: 'uid_known', role: 'owner' }, { claims }),
    ),
    refused(
      posts(
        'a member of somebody else’s account',
        `${accounts}/acc_other/members`,
        { role: 'viewer' },
        { claims },
      ),
    ),
    reads('one customer’s user', '/faable/user/user_known'),
    posts('a customer’s user', '/faable/user', { email: 'ada@contract.example' }),
    posts('a change of a customer’s user', '/faable/user/user_known', { suspended: true }),
    refused(removes('the end of an account', `${accounts}/acc_known`)),
  ],
  offboarding: [
    removes('the end of a user, with a ticket', '/inbox-manager/api/users/uid_known', ticket),
    removes('the end of an account, with a ticket', `${accounts}/acc_known`, ticket),
    removes('the end of a membership, with a ticket', `${members}/mem_known`, ticket),
    removes('the end of a customer’s user, with a ticket', '/faable/user/user_known', ticket),
    refused(removes('the end of an account, without a ticket', `${accounts}/acc_known`)),
  ],
  billing: [
    lists('which accounts there are', `${accounts}?limit=20&offset=0`),
    finds('a search for accounts', `${accounts}/search`, { query: 'ada' }),
    lists('who is a member', members),
    finds('a search for members', `${members}/search`, { query: 'viewer' }),
    lists('which users customers have', '/faable/user'),
  ],
}
