// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written as they stand in YAML
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { createTestAuthority, fieldValues } from '@countersign/testkit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startLoad } from '../support/keep-alive-load.ts'
import { mountVolume } from '../support/mounted-volume.ts'
import { request } from '../support/request.ts'
import { openStage, type Stage } from '../support/stage.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'volume-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Looks for changes at once, again and again, while `change` is made `times` times: some looks fall into the middle. */
async function changeAndLook(
  stage: Stage,
  times: number,
  change: (number: number) => unknown,
): Promise<void> {
  const looking = setInterval(() => process.kill(stage.gateway.pid, 'SIGHUP'), 3)
  for (let number = 1; number <= times; number += 1) {
    change(number)
    await sleep((number % 8) * 40)
  }
  clearInterval(looking)
}

/** How often a changed configuration was found to have faults. */
async function refusals(stage: Stage): Promise<number> {
  return Number(/config_reloads_total\{result="refused"\} (\d+)/.exec(await stage.metrics())?.[1] ?? 0)
}

/** Pairs of client id and secret that token endpoints were shown. */
function shown({ tokens }: Stage): string[] {
  const headers = tokens.requests.map(({ headers: fields }) => fieldValues(fields, 'authorization')[0] ?? '')
  return headers.map((basic) => Buffer.from(basic.slice('Basic '.length), 'base64').toString())
}

describe('files that are swapped as Kubernetes swaps them, under load', () => {
  it('K112 a credential of two files: both are new or neither is, and no call fails', async () => {
    const pair = (number: number) => ({ id: `client-${number}`, secret: `secret-of-client-${number}` })
    const volume = mountVolume(folder, pair(0))
    await using stage = await openStage({
      adapt({ upstreams }) {
        const credential = { client_id: `\${file:${folder}/id}`, client_secret: `\${file:${folder}/secret}` }
        Object.assign(upstreams.u1 as object, { credential })
      },
    })
    const load = startLoad(stage.port, stage.caller, 4)
    await vi.waitFor(() => expect(load.answered).toBeGreaterThan(0))
    await changeAndLook(stage, 40, (number) => volume.swap(pair(number)))
    await vi.waitFor(() => expect(shown(stage).at(-1)).toBe('client-40:secret-of-client-40'))
    const calls = await load.stop()
    expect(calls.filter(({ status }) => status !== 200)).toEqual([])
    expect(shown(stage).filter((text) => !/^client-(\d+):secret-of-client-\1$/.test(text))).toEqual([])
    expect(await refusals(stage)).toBe(0)
  }, 90_000)

  it('K112 a configuration of two files: never one of them without the other, and no call fails', async () => {
    await using stage = await openStage()
    const files = (number: number) => {
      const changed = structuredClone(stage.configuration)
      const u1 = changed.upstreams.u1 as { operations: Record<string, object> }
      u1.operations[`generation.${number}`] = { route: `GET /generation/${number}`, scopes: ['read'] }
      const team = {
        identities: [{ issuer: 'cluster', subject: 'team' }],
        allow: [{ upstream: 'u1', operations: [`generation.${number}`] }],
      }
      return {
        'countersign.yaml': JSON.stringify(changed),
        'team.yaml': JSON.stringify({ services: { team } }),
      }
    }
    const volume = mountVolume(stage.folder, files(0))
    const load = startLoad(stage.port, stage.caller, 4)
    await changeAndLook(stage, 40, (number) => volume.swap(files(number)))
    const token = await stage.caller.token({ sub: 'team' })
    const statusOf = async (number: number) => {
      const { responses } = await stage.caller.send(
        request(`GET /u1/generation/${number}`).replace('$J', token),
      )
      return responses[0]?.status
    }
    await vi.waitFor(async () => expect(await statusOf(40)).toBe(200), { interval: 200 })
    expect(await statusOf(39)).toBe(404)
    const calls = await load.stop()
    expect(calls.filter(({ status }) => status !== 200)).toEqual([])
    expect(await refusals(stage)).toBe(0)
  }, 90_000)

  it('K112 certificate and key: every connection is served with one pair or the other', async () => {
    const authority = await createTestAuthority()
    const issue = () => authority.issue({ alternativeNames: [{ type: 'dns', value: 'localhost' }] })
    const pairs = await Promise.all([issue(), issue(), issue()])
    const pair = (number: number) => pairs[number % pairs.length] as (typeof pairs)[number]
    const files = (number: number) => ({ 'tls.crt': pair(number).cert, 'tls.key': pair(number).key })
    const volume = mountVolume(folder, files(0))
    await using stage = await openStage({
      adapt: ({ gateway }) =>
        Object.assign(gateway, { tls: { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') } }),
      tls: { ca: authority.cert, servername: 'localhost' },
    })
    const serves = async () => {
      await using connection = await stage.caller.connect()
      await connection.write(stage.caller.fill(request('GET /u1/public/x')))
      expect(stage.caller.keep(await connection.read(['GET'])).responses[0]?.status).toBe(200)
      return (connection.socket as TLSSocket).getPeerX509Certificate()?.fingerprint256
    }
    let isOver = false
    async function serveOnAndOn(): Promise<void> {
      while (!isOver) await serves()
    }
    const calling = serveOnAndOn()
    calling.catch(() => {})
    await changeAndLook(stage, 40, (number) => volume.swap(files(number)))
    const last = new X509Certificate(pair(40).cert).fingerprint256
    await vi.waitFor(async () => expect(await serves()).toBe(last), { interval: 200 })
    isOver = true
    await calling
    expect(await refusals(stage)).toBe(0)
  }, 90_000)
})
