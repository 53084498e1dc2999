// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Preset, presets } from '@countersign/auth-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConfigFaults } from './config-faults.ts'
import { loadConfig } from './load.ts'
import type { LoadedConfig } from './loaded-config.ts'
import { type ConfigWatch, type WatchOptions, watchConfig } from './watch.ts'

let folder: string
let watch: ConfigWatch
let changes: LoadedConfig[]
let faults: ConfigFaults[]
let defects: unknown[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  changes = []
  faults = []
  defects = []
})
afterEach(() => {
  watch.close()
  rmSync(folder, { recursive: true, force: true })
})

const config = (secret: string) => `
gateway: { audience: gw, listen: "127.0.0.1:1" }
upstreams: { inbox: { preset: inbox-manager, credential: { client_id: x, client_secret: "\${file:${secret}}" } } }
`

/** The interval is never reached: every look is asked for. */
function start(path = folder, other: Partial<WatchOptions> = {}): void {
  const load = { env: {}, presets }
  watch = watchConfig(loadConfig(path, load), {
    ...load,
    intervalMs: 3_600_000,
    onChange: (changed) => changes.push(changed),
    onFault: (fault) => faults.push(fault),
    onDefect: (error) => defects.push(error),
    ...other,
  })
}

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text)
}

const secretOf = (loaded: LoadedConfig | undefined) =>
  loaded?.upstreams.get('inbox')?.credential.clientSecret?.reveal()

/** As a kubelet does it: a versioned folder, and `..data` that is replaced in one step. */
function mount(version: string, files: Record<string, string>): void {
  mkdirSync(join(folder, version))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, version, name), text)
  symlinkSync(version, join(folder, '..tmp'))
  renameSync(join(folder, '..tmp'), join(folder, '..data'))
}

describe('a change', () => {
  beforeEach(() => {
    write('config.yaml', config('secret'))
    write('secret', 'one')
    start()
  })

  it('of nothing is not told', () => {
    watch.poll()
    expect([changes, faults]).toEqual([[], []])
  })

  it('of a time stamp alone is not told', () => {
    utimesSync(join(folder, 'config.yaml'), 1, 1)
    watch.poll()
    expect([changes, faults]).toEqual([[], []])
  })

  it('of a secret is told once', () => {
    write('secret', 'two')
    watch.poll()
    watch.poll()
    expect(changes.map(secretOf)).toEqual(['two'])
  })

  it('of a file that keeps its length and its time of change is seen', () => {
    utimesSync(join(folder, 'secret'), 5, 5)
    watch.poll()
    write('secret', 'uno')
    utimesSync(join(folder, 'secret'), 5, 5)
    watch.poll()
    expect(changes.map(secretOf)).toEqual(['uno'])
  })

  it('by a new file in the folder is told', () => {
    mkdirSync(join(folder, 'services'))
    write('services/a.yaml', 'services: { a: { identities: [{ issuer: i, subject: s }], allow: [] } }')
    write('issuers.yaml', 'issuers: { i: { kind: jwt, issuer: "https://i.example" } }')
    watch.poll()
    expect(changes.map(({ services }) => [...services.keys()])).toEqual([['a']])
    rmSync(join(folder, 'services'), { recursive: true })
    watch.poll()
    expect(changes[1]?.services.size).toBe(0)
  })

  it('by a file that is no part of it is not told', () => {
    write('audit.jsonl', '{}')
    write('.config.yaml.swp', 'x')
    watch.poll()
    expect([changes, faults]).toEqual([[], []])
  })
})

describe('a bad change', () => {
  beforeEach(() => {
    write('config.yaml', config('secret'))
    write('secret', 'one')
    start()
  })

  it('is told once, and the next good one is taken', () => {
    write('config.yaml', 'gateway: {')
    watch.poll()
    watch.poll()
    expect([changes.length, faults.length]).toEqual([0, 1])
    write('config.yaml', config('secret').replace('gw', 'gw2'))
    watch.poll()
    expect(changes.map(({ gateway }) => gateway.audience)).toEqual(['gw2'])
  })

  it('that is taken back is told as good again', () => {
    write('config.yaml', 'gateway: {')
    watch.poll()
    write('config.yaml', config('secret'))
    watch.poll()
    expect([changes.length, faults.length]).toEqual([1, 1])
  })

  it('by an empty or missing secret ends when the secret is there', () => {
    write('secret', '')
    watch.poll()
    rmSync(join(folder, 'secret'))
    watch.poll()
    expect(faults).toHaveLength(2)
    write('secret', 'two')
    watch.poll()
    expect(changes.map(secretOf)).toEqual(['two'])
  })

  it('that removes the whole folder ends when it is back', () => {
    const aside = `${folder}-aside`
    renameSync(folder, aside)
    watch.poll()
    expect(faults).toHaveLength(1)
    renameSync(aside, folder)
    watch.poll()
    expect(changes).toHaveLength(1)
  })
})

describe('a mounted ConfigMap or Secret', () => {
  it('is followed through the swap of its links, all files together', () => {
    mount('..v1', { 'config.yaml': config('secret'), secret: 'one' })
    symlinkSync('..data/config.yaml', join(folder, 'config.yaml'))
    symlinkSync('..data/secret', join(folder, 'secret'))
    start()
    mount('..v2', { 'config.yaml': config('secret').replace('gw', 'gw2'), secret: 'two' })
    watch.poll()
    expect(changes.map((changed) => [changed.gateway.audience, secretOf(changed)])).toEqual([['gw2', 'two']])
  })
})

describe('a defect of ours', () => {
  const failure = new TypeError('not foreseen')

  it('in reading a change is told once, and the next good one is taken', () => {
    write('config.yaml', config('secret'))
    write('secret', 'one')
    let fails = true
    class Failing extends Map<string, Preset> {
      override get(name: string) {
        if (fails) throw failure
        return super.get(name)
      }
    }
    start(folder, { presets: new Failing(presets) })
    write('config.yaml', config('secret').replace('gw', 'gw1'))
    watch.poll()
    watch.poll()
    expect([changes, faults, defects]).toEqual([[], [], [failure]])
    fails = false
    write('config.yaml', config('secret').replace('gw', 'gw2'))
    watch.poll()
    expect(changes.map(({ gateway }) => gateway.audience)).toEqual(['gw2'])
  })

  it('in reading a file that is new: that one is watched, too', () => {
    write('config.yaml', config('secret'))
    write('secret', 'one')
    class Failing extends Map<string, Preset> {
      override get(name: string) {
        if (name === 'aurinko') throw failure
        return super.get(name)
      }
    }
    start(folder, { presets: new Failing(presets) })
    write('more.yaml', 'upstreams: { more: { preset: aurinko } }')
    watch.poll()
    expect(defects).toEqual([failure])
    write('more.yaml', 'issuers: { more: { kind: jwt, issuer: "https://more.internal" } }')
    watch.poll()
    expect(changes.map(({ issuers }) => [...issuers.keys()])).toEqual([['more']])
  })

  it('in taking a change is told once, and what was good before is taken again', () => {
    write('config.yaml', config('secret'))
    write('secret', 'one')
    start(folder, {
      onChange(changed) {
        if (changed.gateway.audience === 'gw2') throw failure
        changes.push(changed)
      },
    })
    write('config.yaml', config('secret').replace('gw', 'gw2'))
    watch.poll()
    watch.poll()
    expect([changes, defects]).toEqual([[], [failure]])
    write('config.yaml', config('secret'))
    watch.poll()
    expect(changes.map(({ gateway }) => gateway.audience)).toEqual(['gw'])
  })
})

it('waits for the next look when something moves while it reads', () => {
  write('config.yaml', config('secret'))
  write('secret', 'one')
  // Asking for this variable replaces a secret that has been read already.
  const env = new Proxy<Record<string, string>>(
    { LATE: 'https://late.example' },
    {
      getOwnPropertyDescriptor(target, name) {
        write('secret', 'three')
        return Reflect.getOwnPropertyDescriptor(target, name)
      },
    },
  )
  let told = 0
  watch = watchConfig(loadConfig(folder, { env, presets }), {
    env,
    presets,
    intervalMs: 3_600_000,
    onChange: () => told++,
    onFault: () => told++,
    onDefect: () => told++,
  })
  write('late.yaml', 'issuers: { late: { kind: jwt, issuer: "${env:LATE}" } }')
  watch.poll()
  expect(told).toBe(0)
})

it('looks by itself, at the interval', async () => {
  write('config.yaml', config('secret'))
  write('secret', 'one')
  const changed = new Promise<LoadedConfig>((resolve, reject) => {
    watch = watchConfig(loadConfig(folder, { env: {}, presets }), {
      env: {},
      presets,
      intervalMs: 5,
      onChange: resolve,
      onFault: reject,
      onDefect: reject,
    })
  })
  // Replaced in one step, as an editor or a secret manager does it.
  write('secret.new', 'two')
  renameSync(join(folder, 'secret.new'), join(folder, 'secret'))
  // An unreferenced timer does not keep the process alive; the test runner does.
  expect(secretOf(await changed)).toBe('two')
})
