import type { LoginRadius } from '@countersign/client'
import type { ApiState } from '../gateway-loginradius-api/states.ts'
import { type ApiCall, type Shown, shownToken } from '../support/api-tests.ts'
import { fromState } from '../support/matchers.ts'
import { gatewayCredential, gatewaySecrets } from '../support/start-gateway.ts'
import { callsByClient, callsByKey } from './loginradius-by-keys.ts'
import { callsByToken } from './loginradius-by-token.ts'

/** What the gateway holds, under the names by which a state hands over what really is good. */
const held = {
  apiKey: gatewaySecrets.CONTRACT_API_KEY,
  apiSecret: gatewaySecrets.CONTRACT_API_SECRET,
  clientId: gatewayCredential.client_id,
  clientSecret: gatewaySecrets.CONTRACT_CLIENT_SECRET,
}
const apikey = fromState('{apiKey}', held)

/** The minted token, with the key in the query and beside it. */
export const machineToken: Shown = {
  headers: { 'x-loginradius-apikey': apikey, ...shownToken.headers },
  query: { apikey },
}

/** The tenant's key and its secret, in the query. */
const keyAndSecret: Shown = { headers: {}, query: { apikey, apisecret: fromState('{apiSecret}', held) } }

/** The client's id and secret, with the key, in the query. */
const clientAndSecret: Shown = {
  headers: {},
  query: {
    apikey,
    client_id: fromState('{clientId}', held),
    client_secret: fromState('{clientSecret}', held),
  },
}

/** The calls that services make, each by the credential with which the vendor's pages show it. */
export const loginRadiusCalls: readonly (ApiCall<ApiState, LoginRadius> & { readonly shown: Shown })[] = [
  ...callsByToken.map((call) => ({ ...call, shown: machineToken })),
  ...callsByKey.map((call) => ({ ...call, shown: keyAndSecret })),
  ...callsByClient.map((call) => ({ ...call, shown: clientAndSecret })),
]
