import { inboxManager } from '@countersign/client'
import type { Scenario, Stage } from './scenario.ts'

/**
 * A user, a child account, a member, a change and the removal of it all; a service that only reads; one that
 * may not, one that nobody knows; and tokens that the upstream revokes before their time.
 */
export const inboxManagerScenario: Scenario = {
  upstream: 'inbox-manager',
  credential: ['AUTH_BACKEND_ADMIN_CLIENT_ID', 'AUTH_BACKEND_ADMIN_CLIENT_SECRET'],
  environment: ({ sandbox: { inboxManager } }) => ({
    INBOX_MANAGER_URL: inboxManager.url,
    INBOX_MANAGER_TOKEN_ENDPOINT: inboxManager.tokenEndpoint,
  }),
  async walk(stage) {
    const made = await setUp(stage)
    await lookAtIt(stage, made)
    await mayNot(stage, made)
    await revoked(stage, made)
    await takeAway(stage, made)
  },
  tryByHand: { service: 'reporting', path: '/api/accounts' },
}

interface Made {
  readonly userId: string
  readonly accountId: string
  readonly memberId: string
}

async function setUp({ as, allowed, sandbox }: Stage): Promise<Made> {
  const { applicationId, parentAccountId } = sandbox.inboxManager
  const inbox = inboxManager(as('provisioning'))
  const user = await allowed({ operation: 'users.create', status: 201, cached: false }, () =>
    inbox.createApplicationUser(applicationId, { status: 'active' }),
  )
  const account = await allowed({ operation: 'accounts.create-child', status: 201, cached: true }, () =>
    inbox.createChildAccount(parentAccountId, { name: 'ops-provisioned' }),
  )
  const member = await allowed({ operation: 'members.add', status: 201, cached: true }, () =>
    inbox.addAccountMember(account.id, user.id, 'viewer'),
  )
  await allowed({ operation: 'members.update', status: 200, cached: true }, () =>
    inbox.updateAccountMember(account.id, member.id, 'member'),
  )
  await allowed({ operation: 'accounts.update', status: 200, cached: true }, () =>
    inbox.updateAccount(account.id, { name: 'Operations Team' }),
  )
  return { userId: user.id, accountId: account.id, memberId: member.id }
}

async function lookAtIt({ as, allowed }: Stage, { accountId }: Made): Promise<void> {
  const inbox = inboxManager(as('reporting'))
  await allowed({ operation: 'accounts.list', status: 200, cached: true }, () => inbox.listAccounts())
  await allowed({ operation: 'members.list', status: 200, cached: true }, () =>
    inbox.listAccountMembers(accountId),
  )
}

async function mayNot({ as, allowed, refused }: Stage, { accountId, userId }: Made): Promise<void> {
  const marketing = inboxManager(as('marketing'))
  await allowed({ operation: 'accounts.list', status: 200, cached: true }, () => marketing.listAccounts())
  await refused('members.add', () => marketing.addAccountMember(accountId, userId, 'owner'))
  await refused('accounts.list', () => inboxManager(as('nobody-knows-me')).listAccounts())
}

/** The upstream refuses the token held: the gateway gets another, once, and repeats what is safe to repeat. */
async function revoked({ as, allowed, control }: Stage, { accountId }: Made): Promise<void> {
  await control('Inbox Manager revokes every token it has issued', 'POST', '/revoke-tokens')
  await allowed({ operation: 'members.list', status: 200, cached: false, attempts: 2 }, () =>
    inboxManager(as('reporting')).listAccountMembers(accountId),
  )
}

async function takeAway({ as, allowed }: Stage, { accountId, memberId, userId }: Made): Promise<void> {
  const inbox = inboxManager(as('provisioning'))
  await allowed({ operation: 'members.remove', status: 204, cached: true }, () =>
    inbox.removeAccountMember(accountId, memberId),
  )
  await allowed({ operation: 'accounts.remove', status: 204, cached: true }, () =>
    inbox.removeAccount(accountId),
  )
  await allowed({ operation: 'users.remove', status: 204, cached: true }, () => inbox.removeUser(userId))
}
