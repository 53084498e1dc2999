import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startProcess, type TestProcess } from '@countersign/testkit'
import { decodeJwt } from 'jose'
import { afterEach, describe, expect, test } from 'vitest'

const main = fileURLToPath(new URL('./demo.ts', import.meta.url))
const withinMs = 30_000

const running: TestProcess[] = []
async function demo(args: readonly string[], ready?: RegExp): Promise<TestProcess> {
  const child = await startProcess(process.execPath, [main, ...args], {
    ...(ready && { ready }),
    readyWithinMs: withinMs,
  })
  running.push(child)
  return child
}
afterEach(async () => {
  for (const child of running.splice(0)) await child.close()
})

/** Every JSON Web Token in a text, decoded. */
function tokensIn(text: string) {
  return [...text.matchAll(/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g)].map(([token]) => decodeJwt(token))
}

describe('once', () => {
  test('all goes as expected, and a script can read every call', { timeout: withinMs }, async () => {
    const child = await demo(['--once', '--json'])
    expect(await child.exited).toBe(0)
    const rows = child
      .stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    for (const row of rows) {
      expect(Object.keys(row)).toEqual([
        'service',
        'upstream',
        'operation',
        'verdict',
        'status',
        'token',
        'cached',
        'ms',
      ])
      expect(row.ms).toBeGreaterThan(0)
      if (row.verdict === 'allow') expect(row.token).toMatch(/^[0-9a-f]{16}$/)
    }
    const told = rows.map(({ service, operation, verdict, status, cached }) =>
      [service, operation, verdict, status, cached ? 'cache' : '-'].join(' '),
    )
    expect(told).toEqual([
      'provisioning users.create allow 201 -',
      'provisioning accounts.create-child allow 201 cache',
      'provisioning members.add allow 201 cache',
      'provisioning members.update allow 200 cache',
      'provisioning accounts.update allow 200 cache',
      'reporting accounts.list allow 200 cache',
      'reporting members.list allow 200 cache',
      'marketing accounts.list allow 200 cache',
      'marketing members.add deny 403 -',
      'nobody-knows-me accounts.list deny 403 -',
      'reporting members.list allow 200 -',
      'provisioning members.remove allow 204 cache',
      'provisioning accounts.remove allow 204 cache',
      'provisioning users.remove allow 204 cache',
    ])
    // One token until it was revoked, and one since: nothing was minted that was not needed.
    const tokens = rows.map(({ token }) => token).filter((token) => token !== null)
    expect(new Set(tokens).size).toBe(2)
    expect(tokensIn(child.stdout() + child.stderr())).toEqual([])
  })

  test('in a pipe the table is plain lines', { timeout: withinMs }, async () => {
    const child = await demo(['--once'])
    expect(await child.exited).toBe(0)
    expect(child.stdout()).toMatch(/^service +upstream +operation +verdict/)
    expect(child.stdout()).toMatch(
      /provisioning +inbox-manager +members.add +allow +201 +[0-9a-f]{16} +cache/,
    )
    expect(child.stdout()).toContain('the upstream answered 401: a new token, sent once more')
    expect(child.stdout()).not.toMatch(/[^\n -~…—└]/)
    expect(child.stderr()).toBe('')
  })
})

describe('until Ctrl-C', () => {
  test('the curl line works as it stands, and is the only token shown', { timeout: withinMs }, async () => {
    const child = await demo([], /^Ctrl-C stops it all/)
    const output = child.stdout() + child.stderr()
    const [, authorization = '', url = ''] = /curl -H 'authorization: ([^']+)' (\S+)/.exec(output) ?? []
    const answer = await fetch(url, { headers: { authorization } })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toHaveProperty('data')
    // Upstream tokens are JSON Web Tokens as well, and would be found.
    expect(tokensIn(output).map(({ aud }) => aud)).toEqual(['https://gateway.internal'])
    expect(output).not.toContain('client_secret')
    const [, admin = ''] = /operators look +(\S+)/.exec(output) ?? []
    expect((await fetch(admin)).status).toBe(200)
    expect(await child.stop('SIGINT')).toBe(0)
    await expect(fetch(admin)).rejects.toThrow()
  })
})

/** The kernel says which processes a process has started; where it does not, these cases cannot be told apart. */
const childrenFile = (pid: number) => `/proc/${pid}/task/${pid}/children`

describe.runIf(existsSync(childrenFile(process.pid)))('no part outlives the demo', () => {
  test('after SIGTERM in the middle', { timeout: withinMs }, async () => {
    const child = await demo([], /users\.create/)
    const parts = partsOf(child)
    expect(parts).toHaveLength(2)
    expect(await child.stop('SIGTERM')).toBe(143)
    expect(parts.filter(isRunning)).toEqual([])
  })

  test.each(['sandbox/src/main.ts', 'gateway/src/main.ts'])(
    'after %s was killed, which is said',
    { timeout: withinMs },
    async (script) => {
      const child = await demo([], /^Ctrl-C stops it all/)
      const parts = partsOf(child)
      const victim = parts.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(script)) ?? 0
      process.kill(victim, 'SIGKILL')
      expect(await child.exited).toBe(1)
      expect(child.stderr()).toMatch(/^the (sandbox|gateway) ended by SIGKILL\./m)
      expect(child.stderr()).toContain(`the ${script.split('/')[0]} ended`)
      expect(parts.filter(isRunning)).toEqual([])
    },
  )
})

function partsOf({ pid }: TestProcess): number[] {
  return readFileSync(childrenFile(pid), 'utf8').trim().split(' ').map(Number)
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`)
}
