import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decide, type Operation, type Policy } from '@countersign/auth-core'
import { loadConfig } from '@countersign/gateway/src/config/load.ts'
import { median } from './results/median.ts'

/** How large a policy is made. */
interface Size {
  readonly services: number
  readonly upstreams: number
  readonly operations: number
}

const small: Size = { services: 10, upstreams: 10, operations: 10 }
const large: Size = { services: 200, upstreams: 20, operations: 10_000 }
const rounds = 9
const decisions = 100_000

// Deciding must not grow with the policy: both sizes side by side, in turns, in one process.
const [few, many] = [load(small), load(large)]
const samples = Array.from({ length: rounds }, () => ({ few: time(few.ask), many: time(many.ask) }))
const ratio = median(samples.map((round) => round.many / round.few)) ?? Number.NaN
console.log(`one decision, ${spell(large)} against ${spell(small)}: ${ratio.toFixed(2)} x, at most 2`)
console.log(`loading ${spell(large)}: ${many.cpuSeconds.toFixed(2)} s of CPU, at most 1`)
process.exitCode = ratio < 2 && many.cpuSeconds < 1 ? 0 : 1

function load(size: Size): { ask: (count: number) => void; cpuSeconds: number } {
  const folder = mkdtempSync(join(tmpdir(), 'policy-'))
  const file = join(folder, 'countersign.yaml')
  writeFileSync(file, configuration(size))
  const before = process.threadCpuUsage()
  const { policy, upstreams } = loadConfig(file, { env: {}, presets: new Map(), policyOnly: true })
  const { user, system } = process.threadCpuUsage(before)
  rmSync(folder, { recursive: true })
  const operations = new Map([...upstreams.values()].map(({ name, operations }) => [name, operations]))
  return { ask: asker(policy, operations, size), cpuSeconds: (user + system) / 1e6 }
}

/** Asks about a service and an operation of its upstream, another pair each time. */
function asker(policy: Policy, operations: ReadonlyMap<string, readonly Operation[]>, size: Size) {
  const each = size.operations / size.upstreams
  const questions = Array.from({ length: size.services }, (_, at) => {
    const upstream = `up-${at % size.upstreams}`
    const operation = operations.get(upstream)?.[at % each]
    if (!operation) throw new Error(`${upstream} has no operation ${at % each}`)
    const identity = { issuer: 'login', subject: `s${at}`, claims: {}, expiresAt: Number.POSITIVE_INFINITY }
    return {
      identity,
      upstream,
      operation,
      method: 'GET',
      segments: ['v1', 'r', '1'],
      query: '',
      headers: [],
      now: 0,
    }
  })
  return function ask(count: number): void {
    for (let at = 0; at < count; at += 1) {
      const question = questions[at % questions.length]
      if (question && decide(policy, question).verdict !== 'allow') throw new Error('this should be allowed')
    }
  }
}

function time(ask: (count: number) => void): number {
  ask(decisions / 10)
  const before = process.threadCpuUsage()
  ask(decisions)
  const { user, system } = process.threadCpuUsage(before)
  return user + system
}

function configuration({ services, upstreams, operations }: Size): string {
  const each = operations / upstreams
  const lines = [
    'gateway: { audience: "https://gateway.internal", listen: "127.0.0.1:8080" }',
    'issuers: { login: { kind: jwt, issuer: "https://login.internal" } }',
    'upstreams:',
  ]
  for (let at = 0; at < upstreams; at += 1) {
    lines.push(
      `  up-${at}:`,
      '    url: https://api.example',
      '    token: { endpoint: "https://auth.example/token" }',
    )
    lines.push(`    credential: { client_id: x, client_secret: "\${env:SECRET}" }`, '    operations:')
    for (let o = 0; o < each; o += 1) {
      lines.push(`      g${o % 25}.o${o}: { route: "GET /v1/r${o}/{id}", scopes: [s${o}] }`)
    }
  }
  const groups = Array.from({ length: Math.min(25, each) }, (_, group) => `g${group}.*`)
  lines.push('services:')
  for (let at = 0; at < services; at += 1) {
    lines.push(`  service-${at}:`, `    identities: [{ issuer: login, subject: s${at} }]`)
    lines.push(`    allow: [{ upstream: up-${at % upstreams}, operations: [${groups.join(', ')}] }]`)
  }
  return lines.join('\n')
}

function spell({ services, upstreams, operations }: Size): string {
  return `${services} services, ${upstreams} upstreams, ${operations} operations`
}
