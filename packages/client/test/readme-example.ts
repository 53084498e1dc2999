import {
  createClient,
  GatewayError,
  inboxManager,
  kubernetesIdentity,
  UpstreamError,
} from '@countersign/client'

const client = createClient({
  gateway: 'https://gateway.internal',
  identity: kubernetesIdentity({ path: '/var/run/secrets/countersign/token' }),
})
const inbox = inboxManager(client)

export async function provision(applicationId: string, parentAccountId: string, signal?: AbortSignal) {
  try {
    const user = await inbox.createApplicationUser(applicationId, { status: 'active' }, { signal })
    const account = await inbox.createChildAccount(parentAccountId, { name: 'ops-provisioned' }, { signal })
    return await inbox.addAccountMember(account.id, user.id, 'viewer', { signal })
  } catch (error) {
    if (error instanceof GatewayError) console.error(error.code, error.owner, error.requestId)
    if (error instanceof UpstreamError && error.status === 409) console.error('a member already')
    throw error
  }
}
