import { faable } from '@countersign/client'
import type { Scenario, Stage } from './scenario.ts'

/**
 * A token for each set of scopes and none for more; and an account that moves, so that the audience which was
 * discovered is wrong from one call to the next.
 */
export const faableScenario: Scenario = {
  upstream: 'faable',
  credential: ['FAABLEAUTH_CLIENT_ID', 'FAABLEAUTH_CLIENT_SECRET'],
  environment: ({ sandbox }) => ({ FAABLE_URL: sandbox.faable.url }),
  async walk(stage) {
    const userId = await exactScopes(stage)
    await stage.refused('users.create', () => faable(stage.as('reporting')).createUser({ name: 'Mallory' }))
    await accountMoves(stage, userId)
  },
  tryByHand: { service: 'reporting', path: '/user' },
}

async function exactScopes({ as, allowed }: Stage): Promise<string> {
  const users = faable(as('provisioning'))
  const writing = { scopes: 'create:users update:users' }
  const reading = { scopes: 'read:users' }
  const { id } = await allowed({ operation: 'users.create', status: 201, cached: false, ...writing }, () =>
    users.createUser({ email: 'ada@example.com', name: 'Ada' }),
  )
  await allowed({ operation: 'users.update', status: 200, cached: true, ...writing }, () =>
    users.updateUser(id, { suspended: true, suspended_reason: 'left' }),
  )
  await allowed({ operation: 'users.get', status: 200, cached: false, ...reading }, () => users.getUser(id))
  // Another service and another rule, but the same scopes: the token that is there will do.
  await allowed({ operation: 'users.list', status: 200, cached: true, ...reading }, () =>
    faable(as('reporting')).listUsers().first(),
  )
  return id
}

/** `aud_mismatch`: the audience is looked up again, once, and what is safe to repeat is repeated. */
async function accountMoves({ as, allowed, control }: Stage, userId: string): Promise<void> {
  const body = { accountId: 'acc_moved' }
  await control(
    'Faable moves the account: its tokens are for another audience now',
    'POST',
    '/move-account',
    body,
  )
  await allowed({ operation: 'users.list', status: 200, cached: false, attempts: 2 }, () =>
    faable(as('reporting')).listUsers().first(),
  )
  await allowed(
    { operation: 'users.remove', status: 200, cached: false, attempts: 1, scopes: 'delete:users' },
    () => faable(as('provisioning')).removeUser(userId),
  )
}
