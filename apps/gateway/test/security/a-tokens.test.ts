import { describe, expect, it } from 'vitest'
import { beginCase } from '../support/global-checks.ts'
import { type HostileRow, hostileTables } from '../support/hostile-table.ts'
import { bare, request } from '../support/request.ts'

const get = 'GET /u1/public/x'
const good = 'Authorization: Bearer $J'

const refusedSpellings = [
  'Bearer',
  'Bearer ',
  'Bearer  $J',
  'Bearer\t$J',
  'Bearer $J, Bearer $K',
  'Bearer $J,',
  'Bearer $J $K',
  'Bearer "$J"',
  'Basic',
  'Basic dXNlcjpwYXNz',
  'Token $J',
  '$J',
  'Bearer=$J',
  'Bearer: $J',
  'Digest username="x"',
  'Negotiate x',
  'Bearer $J\xff',
  '',
]
const spellings: readonly HostileRow[] = [
  ...refusedSpellings.map(
    (value): HostileRow => ({
      name: `A24 Authorization: ${JSON.stringify(value)}`,
      send: bare(get, `Authorization: ${value}`),
      status: 401,
      expect: (_stage, text) => expect(text).toMatch(/\r\nwww-authenticate: Bearer /i),
    }),
  ),
  ...['bearer', 'BEARER', 'bEaReR'].map(
    (scheme): HostileRow => ({
      name: `A24 ${scheme} is Bearer`,
      send: bare(get, `Authorization: ${scheme} $J`),
      status: 200,
      upstream: 1,
    }),
  ),
  {
    name: 'A24 no credential at all: a challenge without an error code',
    send: bare(get),
    status: 401,
    expect(_stage, text) {
      const [challenge] = /(?<=\r\nwww-authenticate: )Bearer .*(?=\r\n)/i.exec(text) ?? []
      expect(challenge).toMatch(/^Bearer realm="countersign", resource_metadata="[^"]+"$/)
    },
  },
]

const doubles: readonly HostileRow[] = [
  [good, 'Authorization: Bearer bad'],
  ['Authorization: Bearer bad', good],
  [good, good],
  [good, 'authorization: Basic eDp5'],
].map(([first = '', second = '']) => ({
  name: `A25 two of them: ${first.slice(0, 24)} and ${second.slice(0, 28)}`,
  send: bare(get, first, second),
  status: 400,
}))

const elsewhere: readonly HostileRow[] = [
  ...['access_token', 'acces%73_token', 'ACCESS_TOKEN'].map(
    (name): HostileRow => ({
      name: `A26 only in the query as ${name}`,
      send: bare(`${get}?${name}=$J`),
      status: 401,
    }),
  ),
  {
    name: 'A26 in a form body',
    send: `${bare('POST /u1/orders', 'Content-Type: application/x-www-form-urlencoded', 'Content-Length: 2000')}access_token=$J`,
    status: 401,
  },
  ...[
    'Cookie: access_token=$J',
    'X-Forwarded-Access-Token: $J',
    'Proxy-Authorization: Bearer $J',
    'X-Auth-Request-Access-Token: $J',
  ].map(
    (field): HostileRow => ({
      name: `A26 in ${field.slice(0, 24)}`,
      send: bare(get, field),
      status: 401,
    }),
  ),
  ...['access_token=x', 'a=1&acces%73_token=x', 'a;access_token=x'].map(
    (query): HostileRow => ({
      name: `A26 in Authorization and in the query: ${query}`,
      send: request(`${get}?${query}`),
      status: 400,
    }),
  ),
  ...[
    `${get}?anything=$J`,
    'GET /u1/public/$J',
    `${get}?anything=$%J`,
    `${get}?anything=%24$%J`,
    'GET /u1/public/$%J',
    `${get}?$%J`,
  ].map(
    (target): HostileRow => ({
      name: `A26 the credential itself in the target: ${target}`,
      send: request(target),
      status: 400,
    }),
  ),
]

const refusedAnyway: readonly HostileRow[] = ['$J', '$%J'].map((token) => ({
  name: `A26 in a path that nobody is served under: ${token} is not on record either`,
  send: bare(`GET /u1/public/${token}`),
  status: 401,
}))

const stageOf = hostileTables({
  'spellings of Authorization': spellings,
  'two credentials': doubles,
  'credentials elsewhere': [...elsewhere, ...refusedAnyway],
})

describe('time and keys', () => {
  it('A23 a token that is replayed a thousand times in parallel serves each time, and never after its end', async () => {
    const stage = stageOf()
    const check = await beginCase(stage)
    const bytes = (token: string) => bare(get, `Authorization: Bearer ${token}`)
    const replayed = bytes(await stage.caller.token()).repeat(50)
    const once = () => stage.caller.send(replayed, { methods: Array(50).fill('GET') })
    const exchanges = await Promise.all(Array.from({ length: 20 }, once))
    const responses = exchanges.flatMap((exchange) => exchange.responses)
    expect(responses.map(({ status }) => status)).toEqual(Array(1000).fill(200))

    const exp = Math.floor(Date.now() / 1000) - 20 // and the skew of 30 s
    const ending = bytes(await stage.caller.token({ iat: exp - 60, exp }))
    async function statusNow(): Promise<number | undefined> {
      const later = await stage.caller.send(ending)
      responses.push(...later.responses)
      return later.responses[0]?.status
    }
    expect(await statusNow()).toBe(200)
    await expect.poll(statusNow, { interval: 200 }).toBe(401)
    expect(Date.now() / 1000).toBeGreaterThan(exp + 29)
    expect(await statusNow()).toBe(401)
    await check({ responses, authorised: responses.length - 2 })
  })
})
