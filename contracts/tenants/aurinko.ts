import { configuredUpstream } from '../support/configured-upstream.ts'
import { clientOf, sectionOf, valuesOf } from './arrange.ts'
import type { Tenant } from './tenant.ts'

/** Aurinko, whose tokens come of a consent: so there is nothing to mint here. */
export function aurinko(): Tenant {
  return {
    required: {
      AURINKO_CLIENT_ID: 'client id of an application made for tests',
      AURINKO_CLIENT_SECRET: 'its secret',
    },
    optional: {
      AURINKO_URL: 'base URL, if not the preset’s',
      AURINKO_TOKEN: 'token of an account whose administrator has consented',
      AURINKO_ACCOUNT: 'id of that account',
      AURINKO_CALENDAR: 'id of a calendar of it, with an event in the week of 5 January 2026',
      AURINKO_EVENT: 'id of that event, to be changed',
      AURINKO_ETAG: 'its etag',
      AURINKO_RECIPIENT: 'address that may get a mail',
      AURINKO_CODE: 'code of a consent, good for once',
    },
    pairs(read) {
      const section = sectionOf('aurinko', 'AURINKO', read, { url: read('AURINKO_URL') })
      const { url } = configuredUpstream(section)
      const client = clientOf(section)
      const basicOf = (secret: string) => Buffer.from(`${client.clientId}:${secret}`).toString('base64')
      const basic = basicOf(client.clientSecret)
      const names = ['token', 'account', 'calendar', 'event', 'etag', 'recipient']
      const named = { basic, ...valuesOf('AURINKO', names, read) }
      const codes = { ...client, basic, ...valuesOf('AURINKO', ['code'], read) }
      return [
        {
          provider: 'aurinko-token',
          url,
          states: {
            'the application is registered': async () => codes,
            'an administrator has consented': async () => codes,
          },
        },
        {
          provider: 'aurinko-api',
          url,
          states: {
            'an administrator has consented': async () => named,
            'an event is in a calendar': async () => named,
            'somebody can be written to': async () => named,
            'the application has another secret': async () => ({
              ...named,
              basic: basicOf('not the secret'),
            }),
          },
          needs: { 'an event is in a calendar': ['event'] },
        },
      ]
    },
  }
}
