// scratch: A/B of checkouts by CPU per request. usage: node ab-scratch.ts rounds name=path ... 
import { startProcess } from '@countersign/testkit'
import { loadAtFullSpeed } from './load/full-speed.ts'
import { holdCore, onCore } from './machine/cores.ts'
import { usageOf } from './machine/usage.ts'
import { oneSmallGet, oneSmallPost } from './scenarios/traffics.ts'
import { openStage } from './stage.ts'
import { writeConfiguration } from './subjects/gateway-configuration.ts'
import { nodeProxies } from './subjects/node-proxies.ts'
import { median } from './results/median.ts'

const [rounds = '10', ...variants] = process.argv.slice(2)
holdCore('load', process.pid)
const stage = await openStage()
const traffic = await (process.env.POST ? oneSmallPost : oneSmallGet)(stage)
const servers: { name: string; pid: number; port: number; cpu: number[]; rps: number[] }[] = []
const stops: (() => Promise<unknown>)[] = []
for (const variant of variants) {
  const [name = '', path] = variant.split('=')
  if (path === undefined) {
    const s = await nodeProxies.find((p) => p.name === name)!.start(stage)
    servers.push({ name, pid: s.pid, port: s.port, cpu: [], rps: [] })
    stops.push(() => s[Symbol.asyncDispose]() as Promise<void>)
  } else {
    const prof = process.env.PROF ? ['--cpu-prof', `--cpu-prof-dir=/tmp/prof-${name}`, '--cpu-prof-interval=200'] : []
    const chained = process.env.CHAINED ? { audit: { required: true, chained: true } } : {}
    const args = [...prof, `${path}/apps/gateway/src/main.ts`, 'serve', writeConfiguration(stage, chained), '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']
    const p = await startProcess(...onCore('subject', process.execPath, args), { ready: /"msg":"listening"/, readyWithinMs: 60000, env: { NODE_ENV: 'production' } })
    const { data } = JSON.parse(p.readyLine)
    servers.push({ name, pid: p.pid, port: Number(new URL(data).port), cpu: [], rps: [] })
    stops.push(() => (process.env.PROF ? p.stop() : p.close()) as Promise<void>)
  }
}
for (const s of servers) { const r = await loadAtFullSpeed(s.port, traffic, 4); if (r.failures) console.log('FAIL', s.name, r) }
for (let n = 0; n < Number(rounds); n += 1) {
  for (let t = 0; t < servers.length; t += 1) {
    const s = servers[(n + t) % servers.length]!
    const before = usageOf(s.pid).cpuMicroseconds
    const r = await loadAtFullSpeed(s.port, traffic, 1)
    s.cpu.push((usageOf(s.pid).cpuMicroseconds - before) / r.requests)
    s.rps.push(r.requests / r.seconds)
  }
}
const base = median(servers[0]!.cpu)!
for (const s of servers) {
  const perRound = s.cpu.map((c, i) => c / servers[0]!.cpu[i]!)
  console.log(s.name.padEnd(14), 'cpu med', median(s.cpu)!.toFixed(1), 'min', Math.min(...s.cpu).toFixed(1), 'of first: med', (median(s.cpu)! / base).toFixed(3), 'paired', median(perRound)!.toFixed(3), 'min', (Math.min(...s.cpu)/Math.min(...servers[0]!.cpu)).toFixed(3), 'rps', Math.round(median(s.rps)!))
}
for (const stop of stops) await stop()
await stage[Symbol.asyncDispose]()
process.exit(0)
