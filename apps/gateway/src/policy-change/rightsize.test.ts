import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { presets } from '@countersign/auth-core'
import { applyPatch, parsePatch } from 'diff'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createHypotheticals } from '../authorize/hypothetical.ts'
import { loadConfig } from '../config/load.ts'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { diffPolicies } from './diff-policies.ts'
import { GrantUsage } from './grant-usage.ts'
import { needsConsent } from './policy-change.ts'
import { createRecordJudge, type RecordJudge } from './record-judge.ts'
import { parseRecordedRequest } from './recorded-request.ts'
import { ReplayTally } from './replay-tally.ts'
import { shrinkPolicy } from './shrink-policy.ts'
import { writePatch } from './write-patch.ts'

/** Repeatable: a failure says which seed it was (mulberry32). */
class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % limit
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item
  }

  some<T>(items: readonly T[]): T[] {
    const chosen = items.filter(() => this.below(3) === 0)
    return chosen.length > 0 ? chosen : [this.pick(items)]
  }
}

const routes = {
  'a.list': 'GET /a',
  'a.get': 'GET /a/{id}',
  'a.add': 'POST /a',
  'a.remove': 'DELETE /a/{id}',
  'b.list': 'GET /b/{id}',
  'b.add': 'POST /b/{id}',
} as const
const names = Object.keys(routes)
const scopesOf = (name: string) => (name.startsWith('a') ? ['a', name] : name === 'b.list' ? [] : [name])

function randomPolicy(dice: Dice): string {
  const lines = [
    'gateway: { audience: gw, listen: "127.0.0.1:8080" }',
    'issuers: { idp: { kind: jwt, issuer: "https://idp.internal" } }',
    'upstreams:',
    '  crm:',
    '    url: https://crm.example',
    '    token: { endpoint: https://crm.example/token, audience: crm }',
    `    credential: { client_id: x, client_secret: "\${env:NOWHERE}" }`,
    '    operations:',
    ...Object.entries(routes).map(
      ([name, route]) => `      ${name}: { route: "${route}", scopes: [${scopesOf(name).join(', ')}] }`,
    ),
    'services:',
  ]
  for (const service of ['one', 'two']) {
    lines.push(`  ${service}:`, `    identities: [{ issuer: idp, subject: ${service} }]`)
    if (dice.below(4) === 0) lines.push('    mode: shadow')
    lines.push('    allow: # in order')
    for (let rules = 1 + dice.below(4); rules > 0; rules--) lines.push(...randomRule(dice))
  }
  return `${lines.join('\n')}\n`
}

function randomRule(dice: Dice): string[] {
  const patterns = dice.some([...names, 'a.*', 'b.*'])
  const included = names.filter((name) =>
    patterns.some((pattern) => pattern === name || (pattern.endsWith('.*') && name[0] === pattern[0])),
  )
  const needed = included.flatMap(scopesOf)
  const scopes = needed.length > 0 && dice.below(3) === 0 ? dice.some(needed) : []
  const condition = dice.below(2) === 0 ? dice.pick(conditions) : ''
  const rest = [
    ...(scopes.length > 0 ? [`scopes: [${[...new Set(scopes)].join(', ')}]`] : []),
    ...(condition === '' ? [] : [`when: '${condition}'`]),
    ...dice.pick([[], [], [], ['mode: shadow'], ['mode: enforce']]),
    ...(condition.startsWith('request') || dice.below(3) > 0 ? [] : ['release: token']),
  ]
  if (dice.below(2) === 0) {
    return [
      '      # why',
      `      - { ${['upstream: crm', `operations: [${patterns.join(', ')}]`, ...rest].join(', ')} } # so`,
    ]
  }
  return [
    '      # why',
    '      - upstream: crm',
    '        operations:',
    ...patterns.flatMap((pattern) => ['          # what', `          - ${pattern} # which`]),
    ...rest.map((text) => `        ${text}`),
    ...(dice.below(2) === 0 ? [''] : []),
  ]
}

const conditions = [
  'request.body.ok == true',
  'request.method == "GET"',
  'identity.claims.ok == true',
  'identity.subject == "one"',
  'request.query.ok == "yes"',
]

function randomRecord(config: LoadedConfig, dice: Dice): string[] {
  const ask = createHypotheticals(config)
  const judge = createRecordJudge(config)
  return Array.from({ length: 30 }, (_, at) => {
    if (dice.below(6) === 0) return releasedToken(judge, dice, at)
    const service = dice.pick(['one', 'two'])
    const [operation = '', route = ''] = dice.pick(Object.entries(routes))
    const [method = '', template = ''] = route.split(' ')
    const path = `/crm${template.replace('{id}', String(at))}`
    const answer = ask({
      caller: { service, claims: { ok: dice.below(2) === 0 } },
      method,
      target: `${path}?ok=${dice.pick(['yes', 'no'])}`,
      body: method === 'POST' ? JSON.stringify({ ok: dice.below(2) === 0 }) : undefined,
      now: 0,
    })
    const verdict = 'explanation' in answer ? answer.explanation.verdict : 'deny'
    const who = { service, issuer: 'idp', subject: service, upstream: 'crm', operation }
    const time = new Date(at * 1000).toISOString()
    const code = verdict === 'deny' ? 'policy.refused' : undefined
    return JSON.stringify({ kind: 'close', time, request_id: `r${at}`, method, path, ...who, verdict, code })
  })
}

/** A token that may have been handed out; otherwise that it was refused. */
function releasedToken(judge: RecordJudge, dice: Dice, at: number): string {
  const service = dice.pick(['one', 'two'])
  const asked = {
    kind: 'close',
    time: new Date(at * 1000).toISOString(),
    request_id: `r${at}`,
    method: 'POST',
    path: '/oauth2/token',
    service,
    issuer: 'idp',
    subject: service,
    upstream: 'crm',
    operation: 'token.release',
    verdict: 'allow',
    scopes: dice.pick([[], ['a'], ['a', 'a.list']]),
  }
  const request = parseRecordedRequest(JSON.stringify(asked))
  if (typeof request === 'string') throw new TypeError(request)
  const { verdict } = judge(request)
  return JSON.stringify(
    verdict === 'deny' ? { ...asked, verdict, code: 'exchange.target', scopes: undefined } : asked,
  )
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function load(text: string, name: string): LoadedConfig {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'countersign.yaml'), text)
  return loadConfig(path, { env: {}, presets, policyOnly: true })
}

it('for random policies and records the patch applies, loads, lets nobody gain anything and shows no drift', () => {
  let patched = 0
  for (let seed = 0; seed < 80; seed++) {
    const dice = new Dice(seed)
    const text = randomPolicy(dice)
    const config = load(text, 'random')
    const record = randomRecord(config, dice)
    const usage = new GrantUsage(createRecordJudge(config), undefined)
    for (const line of record) usage.add(line)
    const { smaller, unused } = shrinkPolicy(config.policy, {
      isUsed: (rule, operation) => usage.isUsed(rule, operation),
      definitionOf: (service, index) => config.services.get(service)?.allow[index],
    })
    const { text: patch, left } = writePatch(config, smaller, '/elsewhere')
    expect(left).toEqual([])
    if (smaller.length === 0) continue
    patched++
    const [parsed] = parsePatch(patch)
    const result = parsed && applyPatch(text, parsed)
    if (!result) throw new Error(`seed ${seed}: the patch does not apply`)
    const after = load(result, 'smaller')

    const changes = diffPolicies(config.policy, after.policy)
    expect({ seed, gains: changes.filter(needsConsent) }).toEqual({ seed, gains: [] })
    const drift = new ReplayTally(createRecordJudge(after))
    for (const line of record) drift.add(line)
    expect({ seed, drift: drift.changed() }).toEqual({ seed, drift: [] })
    const gone = changes.filter(({ kind, direction }) => kind === 'operation' && direction === 'lost')
    for (const { service, operation } of gone) {
      expect(unused).toContainEqual(expect.objectContaining({ service, operation }))
    }
  }
  expect(patched).toBeGreaterThan(40)
})
