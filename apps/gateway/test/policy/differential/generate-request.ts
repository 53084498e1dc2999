import { createDice, type Dice } from '../../campaign/dice.ts'
import { subjects, tenants } from './generate-policies.ts'

/** A request that tools and gateways are asked about. */
export interface GeneratedRequest {
  readonly subject: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly method: string
  readonly target: string
  /** Names and values in turn; a `host` where it says which upstream is meant. */
  readonly headers: readonly string[]
  /** Of a token request the form, but for what has nothing to do with policy. */
  readonly body: string | undefined
}

const paths = [
  ...['/items', '/items/1', '/items/2', '/items/special', '/items/Special', '/items/1/parts/3'],
  ...[
    '/items/special/parts/3',
    '/u1/items',
    '/oauth2/token',
    '/nothing',
    '/items/',
    '/items//1',
    '/items/%2e%2e',
  ],
]
const queries = ['', '', '', '', '?page=1', '?page=1&PAGE=2', '?secrets=1', '?access_token=x', '?_method=GET']
const bodies = [
  ...['{"role":"viewer"}', '{"role":"owner"}', '{"role":"viewer","note":"x"}', '{"amount":1e21}'],
  ...['{"amount":5.5}', '{', '{"role":"viewer","Role":"owner"}', '[]', 'null', ''],
]
const forms = [
  ...[
    'audience=u1',
    'audience=u2',
    'audience=u1&scope=r',
    'audience=u2&scope=r+w',
    'audience=u1&audience=u2',
  ],
  ...[
    'audience=nobody',
    'scope=r',
    'audience=u1&scope=%22',
    'audience=u1&scope=r&scope=w',
    'audience=%zz',
    '',
  ],
  'resource=https%3A%2F%2Fgateway.internal%2Fu1',
]

/** The request of that number. */
export function generateRequest(seed: number, at: number): GeneratedRequest {
  const dice = createDice(seed, at + 1)
  const subject = dice.pick(subjects)
  const claims = dice.once(2) ? { tenant: dice.pick(tenants) } : {}
  return { subject, claims, ...(dice.once(8) ? tokenRequest(dice) : call(dice)) }
}

type Sent = Omit<GeneratedRequest, 'subject' | 'claims'>

function tokenRequest(dice: Dice): Sent {
  const method = dice.once(10) ? 'GET' : 'POST'
  const target = dice.once(10) ? '/oauth2/token?x=1' : '/oauth2/token'
  return { method, target, headers: [], body: method === 'GET' ? undefined : dice.pick(forms) }
}

function call(dice: Dice): Sent {
  const method = dice.pick(['GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'])
  const upstream = dice.pick(['u1', 'u1', 'u2', 'u2', 'u3'])
  const isByHost = dice.once(4)
  const headers = isByHost ? ['host', `${upstream}.gateway.internal`] : []
  if (dice.once(3)) headers.push('x-tenant', dice.pick(tenants))
  if (dice.once(20)) headers.push('x-tenant', 'acme')
  if (dice.once(25)) headers.push('upgrade', dice.pick(['websocket', 'h2c']))
  const body = method === 'POST' || method === 'PUT' ? dice.pick(bodies) : undefined
  if (body !== undefined) headers.push('content-type', dice.once(10) ? 'text/plain' : 'application/json')
  const target = `${isByHost ? '' : `/${upstream}`}${dice.pick(paths)}${dice.pick(queries)}`
  return { method, target, headers, body }
}
