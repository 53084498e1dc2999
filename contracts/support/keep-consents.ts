import { Secret } from '@countersign/auth-core'
import { openAccountStore } from '@countersign/gateway/src/store/open-account-store.ts'
import { consentedToken } from '../calls/aurinko.ts'
import { gatewaySecrets } from './start-gateway.ts'

/** Writes into a gateway's store what an administrator's consent leaves there, for each of these upstreams at an address. */
export async function keepConsents(file: string, upstreams: readonly string[], url: string): Promise<void> {
  const byId = new Map([['first', new Secret(gatewaySecrets.CONTRACT_STORE_KEY)]])
  const store = await openAccountStore({ file, keys: { active: 'first', byId } })
  const consentedBy = { issuer: 'internal', subject: 'operator' }
  for (const upstream of upstreams) {
    const token = new Secret(consentedToken)
    await store.put(upstream, {
      ...{ token, origin: new URL(url).origin, accountId: '123456', consentedAt: Date.now(), consentedBy },
      deadSince: undefined,
    })
  }
}
