import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { aurinko } from '@countersign/client'
import { openLink } from './browser.ts'
import { freePort } from './free-port.ts'
import type { Scenario, Stage } from './scenario.ts'

/** No machine token: an administrator consents once, and that is good for every gateway process after it. */
export const aurinkoScenario: Scenario = {
  upstream: 'aurinko',
  credential: ['AURINKO_CLIENT_ID', 'AURINKO_CLIENT_SECRET'],
  async environment({ sandbox, folder }) {
    const outside = `127.0.0.1:${await freePort()}`
    return {
      AURINKO_URL: sandbox.aurinko.url,
      GATEWAY_PUBLIC_LISTEN: outside,
      GATEWAY_PUBLIC_URL: `http://${outside}`,
      GATEWAY_STORE: join(folder, 'aurinko-store.json'),
      GATEWAY_STORE_KEY: randomBytes(32).toString('base64'),
    }
  },
  async walk(stage) {
    await beforeConsent(stage)
    await consent(stage)
    await afterConsent(stage)
    await stage.restart('The gateway is killed and started again; what was consented to is in its store')
    await stage.allowed({ operation: 'calendars.list', status: 200 }, () =>
      aurinko(stage.as('reporting')).calendars.list(),
    )
  },
  tryByHand: { service: 'reporting', path: '/v1/calendars' },
}

/** The application's own calls work from the first day, by its id and secret; an account's do not. */
async function beforeConsent({ as, allowed, failed }: Stage): Promise<void> {
  await allowed({ operation: 'service-accounts.list', status: 200 }, () =>
    aurinko(as('directory')).serviceAccounts.list(),
  )
  const expected = { operation: 'calendars.list', status: 502, reason: 'mint.refused', attempts: 0 }
  await failed(expected, () => aurinko(as('reporting')).calendars.list())
}

/**
 * What `countersign connect` does for an operator, and a browser for the administrator: Aurinko, the provider's
 * page, where the sandbox says yes, Aurinko again, and back to the gateway.
 */
async function consent({ addresses, control, identity, note }: Stage): Promise<void> {
  const { admin, public: outside } = addresses()
  const url = `${outside}/connect/aurinko/callback`
  await control('The return address is registered at Aurinko', 'POST', '/return-urls', { url })
  await control('The administrator will consent', 'PUT', '/provider', { mood: 'grant' })

  const headers = { authorization: `Bearer ${await identity('platform-team')}` }
  const begun = await fetch(`${admin}/connect/aurinko`, { redirect: 'manual', headers })
  const link = begun.headers.get('location')
  if (link === null) throw new Error(`the gateway answered ${begun.status} to the beginning of a consent`)
  const { status, text } = await openLink(link)
  if (status !== 200) throw new Error(`the consent ended with ${status}: ${text}`)
  note(`The administrator's browser comes back from it and shows: ${text}`)
}

async function afterConsent({ as, allowed, refused }: Stage): Promise<void> {
  const scheduling = aurinko(as('provisioning'))
  const reporting = aurinko(as('reporting'))
  const { id } = await allowed({ operation: 'calendars.create', status: 200 }, () =>
    scheduling.calendars.create({ name: 'On call' }),
  )
  await allowed({ operation: 'calendars.get', status: 200 }, () => reporting.calendars.get(id))
  await refused('calendars.create', () => reporting.calendars.create({ name: 'Mine' }))
}
