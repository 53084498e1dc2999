import { authAction } from '@countersign/client'
import type { Scenario, Stage } from './scenario.ts'

/** A tenant that knows only the older name of its token endpoint, and a 401 that does not mean a bad token. */
export const authActionScenario: Scenario = {
  upstream: 'authaction',
  credential: ['AUTHACTION_CLIENT_ID', 'AUTHACTION_CLIENT_SECRET'],
  environment: ({ sandbox }) => ({ AUTHACTION_URL: sandbox.authAction.url }),
  async walk(stage) {
    const userId = await oldTokenPath(stage)
    await stage.refused('users.create', () =>
      authAction(stage.as('reporting')).createUser({ name: 'Mallory' }),
    )
    await notGranted(stage)
    await stage.allowed({ operation: 'users.remove', status: 204 }, () =>
      authAction(stage.as('provisioning')).removeUser(userId),
    )
  },
  tryByHand: { service: 'reporting', path: '/api/v1/users' },
}

/** The gateway asks at the new path, is told 404, asks at the old one, and remembers it. */
async function oldTokenPath({ as, allowed, control }: Stage): Promise<string> {
  const body = { path: 'old' }
  await control('AuthAction gives tokens at the old path only', 'PUT', '/token-path', body)
  const users = authAction(as('provisioning'))
  const { id } = await allowed({ operation: 'users.create', status: 201, cached: false, attempts: 1 }, () =>
    users.createUser({ email: 'ada@example.com', name: 'Ada' }),
  )
  await allowed({ operation: 'users.update', status: 200, cached: true }, () =>
    users.updateUser(id, { name: 'Ada Lovelace' }),
  )
  await allowed({ operation: 'users.list', status: 200, cached: true }, () =>
    authAction(as('reporting')).listUsers(),
  )
  return id
}

/** Another token does not help, so the caller is told what will, and that it is not the caller's fault. */
async function notGranted({ as, failed, control }: Stage): Promise<void> {
  await control('AuthAction takes back the grant of its API', 'PUT', '/grant', { granted: false })
  const expected = { operation: 'users.list', status: 502, reason: 'mint.rejected-by-upstream' }
  await failed(expected, () => authAction(as('reporting')).listUsers())
  await control('AuthAction grants it again', 'PUT', '/grant', { granted: true })
}
