import { loginradius } from '@countersign/client'
import type { Scenario, Stage } from './scenario.ts'

/** Three ways to prove who one is, each where it belongs, and the services know none of them. */
export const loginradiusScenario: Scenario = {
  upstream: 'loginradius',
  credential: [
    'LOGINRADIUS_CLIENT_ID',
    'LOGINRADIUS_CLIENT_SECRET',
    'LOGINRADIUS_API_KEY',
    'LOGINRADIUS_API_SECRET',
  ],
  environment: ({ sandbox: { loginRadius } }) => ({
    LOGINRADIUS_URL: loginRadius.url,
    LOGINRADIUS_TOKEN_ENDPOINT: loginRadius.tokenEndpoint,
  }),
  async walk(stage) {
    const orgId = await byMachineToken(stage)
    await byQuery(stage, orgId)
    const reporting = loginradius(stage.as('reporting'))
    await stage.refused('domains.list', () => reporting.domains.list(orgId))
    await sayWhichCredentials(stage)
  },
  tryByHand: { service: 'reporting', path: '/v2/manage/organizations' },
}

async function byMachineToken({ as, allowed }: Stage): Promise<string> {
  const onboarding = loginradius(as('provisioning'))
  const { Id: orgId } = await allowed({ operation: 'organizations.create', status: 200, cached: false }, () =>
    onboarding.organizations.create({ Name: 'Partner' }),
  )
  await allowed({ operation: 'roles.create', status: 200, cached: true }, () =>
    onboarding.roles.create(orgId, { Name: 'buyer' }),
  )
  await allowed({ operation: 'organizations.list', status: 200, cached: true }, () =>
    loginradius(as('reporting')).organizations.list(),
  )
  return orgId
}

/** Key and secret of the tenant, then id and secret of the client: no token, and nothing to be seen of either. */
async function byQuery({ as, allowed }: Stage, orgId: string): Promise<void> {
  const { domains, connections } = loginradius(as('partner-desk'))
  await allowed({ operation: 'domains.add', status: 200, cached: false }, () =>
    domains.add(orgId, 'partner.example'),
  )
  await allowed({ operation: 'connections.create', status: 200, cached: false }, () =>
    connections.create(orgId, { Name: 'partner-saml' }),
  )
}

/** What the upstream says it was shown. @throws {Error} when one of the three was not */
async function sayWhichCredentials({ counts, note }: Stage): Promise<void> {
  const seen = await counts()
  const [token, key, client] = ['m2m', 'key-secret', 'client-secret'].map((kind) => Number(seen.get(kind)))
  if (!token || !key || !client) throw new Error('LoginRadius was not shown all three credentials')
  note(`LoginRadius was shown a token ${token} times, key and secret ${key}, client id and secret ${client}`)
}
