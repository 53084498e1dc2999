import { createDice, type Dice } from '../../campaign/dice.ts'

/** The parts of a configuration that a differential test makes up. */
export interface GeneratedPolicy {
  /** Operations by upstream and name. */
  readonly upstreams: Readonly<Record<string, Readonly<Record<string, GeneratedOperation>>>>
  readonly services: Readonly<Record<string, GeneratedService>>
}

interface GeneratedOperation {
  readonly route: string
  readonly [setting: string]: unknown
}

interface GeneratedService {
  readonly identities: readonly object[]
  readonly mode?: string
  readonly allow: readonly object[]
}

/** Of five services, and of nobody. */
export const subjects: readonly string[] = ['s0', 's1', 's2', 's3', 's4', 'stranger']
export const tenants: readonly string[] = ['acme', 'other']

const routes: readonly string[] = [
  'GET /items',
  'HEAD /items',
  'POST /items',
  'GET /items/{id}',
  'GET /items/special',
  'PUT /items/{id}',
  'DELETE /items/{id}',
  'GET /items/{id}/parts/{part}',
  'GET /items/special/{sub}/{part}',
  // Like paths of the gateway's own, where the host says which upstream is meant.
  'GET /u1/items',
  'POST /oauth2/token',
]

const requestConditions: readonly string[] = [
  'request.method == "GET"',
  'request.query.page == "1"',
  'request.headers["x-tenant"] == "acme"',
  'request.body.role in ["viewer"]',
  'has(request.body.note)',
  'request.body.amount < 1e21',
  'request.path.id == "1"',
]
const callerConditions: readonly string[] = [
  'identity.claims.tenant == "acme"',
  'identity.subject != "s1"',
  'now < timestamp("2040-01-01T00:00:00Z")',
  'now > timestamp("2040-01-01T00:00:00Z")',
]

/** Two policies: the second is the first with a few changes. Some rules may have faults, and have to be left out. */
export function generatePolicies(seed: number): readonly [GeneratedPolicy, GeneratedPolicy] {
  const dice = createDice(seed, 0)
  const upstreams = { u1: operations(dice), u2: operations(dice) }
  const services = Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e'].map((name, at) => [name, service(dice, `s${at}`, upstreams)]),
  )
  const first = { upstreams, services }
  return [first, change(dice, first)]
}

function change(dice: Dice, { upstreams, services }: GeneratedPolicy): GeneratedPolicy {
  const now = { ...upstreams, u1: changeOperations(dice, upstreams.u1 ?? {}) }
  const changed = Object.entries(services).map(([name, old]) => {
    const allow = [...old.allow]
    for (let round = dice.below(4); round > 0; round--)
      allow.splice(dice.below(allow.length + 1), dice.below(2), ...(dice.once(3) ? [] : [rule(dice, now)]))
    return [name, { ...old, allow: dice.once(6) ? allow.reverse() : allow }]
  })
  return { upstreams: now, services: Object.fromEntries(changed) }
}

function changeOperations(
  dice: Dice,
  old: Readonly<Record<string, GeneratedOperation>>,
): Record<string, GeneratedOperation> {
  const kept = Object.entries(old).filter(() => !dice.once(6))
  const redone = kept.map(([name, { route, ...rest }]) => [
    name,
    dice.once(4) ? operation(dice, route) : { route, ...rest },
  ])
  return { ...(dice.once(2) ? operations(dice) : {}), ...Object.fromEntries(redone) }
}

function operations(dice: Dice): Record<string, GeneratedOperation> {
  const present = routes.filter((_route, at) => at === 0 || !dice.once(4))
  return Object.fromEntries(present.map((route) => [nameOf(route), operation(dice, route)]))
}

/** In one group, so that a rule can name them all. */
function nameOf(route: string): string {
  return `items.${route.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.replace(/-$/, '')
}

function operation(dice: Dice, route: string): GeneratedOperation {
  return {
    route,
    scopes: dice.pick([['r'], ['w'], ['r', 'w'], ['x']]),
    ...(dice.once(6) && { forbid_query: ['secrets'] }),
    ...(dice.once(10) && { audience: 'https://special.example' }),
  }
}

function service(dice: Dice, sub: string, upstreams: GeneratedPolicy['upstreams']): GeneratedService {
  const subject = dice.once(6) ? { claims: { sub } } : { subject: sub }
  return {
    identities: [{ issuer: 'cluster', ...subject }],
    ...(dice.once(4) && { mode: 'shadow' }),
    allow: Array.from({ length: 1 + dice.below(4) }, () => rule(dice, upstreams)),
  }
}

function rule(dice: Dice, upstreams: GeneratedPolicy['upstreams']): object {
  const upstream = dice.pick(Object.keys(upstreams))
  const names = Object.keys(upstreams[upstream] ?? {})
  const isReleasing = dice.once(6)
  const conditions = isReleasing ? callerConditions : [...callerConditions, ...requestConditions]
  const [one, other] = [dice.pick(conditions), dice.pick(conditions)]
  const when = dice.once(3) ? `${one} ${dice.pick(['&&', '||'])} ${other}` : one
  return {
    upstream,
    operations: dice.once(3) ? ['items.*'] : [...new Set([dice.pick(names), dice.pick(names)])],
    ...(!dice.once(2) && { when }),
    ...(isReleasing && { release: 'token' }),
    ...(dice.once(6) && { mode: dice.pick(['shadow', 'enforce']) }),
    ...(dice.once(3) && { audience: dice.pick(['https://one.example', 'https://two.example']) }),
    ...(dice.once(5) && { scopes: ['r'] }),
    ...(dice.once(10) && { limit: dice.pick(['100000/minute', '200000/minute']) }),
  }
}
