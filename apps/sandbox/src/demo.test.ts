import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startProcess, type TestProcess } from '@countersign/testkit'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { gatewayMain } from './demo/running-gateway.ts'

const main = fileURLToPath(new URL('./demo.ts', import.meta.url))
/** For a demo that hangs. */
const withinMs = 180_000

/** Where the demo keeps its files. */
let temporary: string
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'countersign-'))
})

const running: TestProcess[] = []
async function demo(
  args: readonly string[],
  ready?: RegExp,
  env: NodeJS.ProcessEnv = {},
): Promise<TestProcess> {
  const child = await startProcess(process.execPath, [main, ...args], {
    ...(ready && { ready }),
    env: { TMPDIR: temporary, ...env },
    readyWithinMs: withinMs,
  })
  running.push(child)
  return child
}
afterEach(async () => {
  for (const child of running.splice(0)) await child.close()
  rmSync(temporary, { recursive: true, force: true })
})

const expectedCalls = [
  'inbox-manager provisioning users.create allow 201 -',
  'inbox-manager provisioning accounts.create-child allow 201 cache',
  'inbox-manager provisioning members.add allow 201 cache',
  'inbox-manager provisioning members.update allow 200 cache',
  'inbox-manager provisioning accounts.update allow 200 cache',
  'inbox-manager reporting accounts.list allow 200 cache',
  'inbox-manager reporting members.list allow 200 cache',
  'inbox-manager marketing accounts.list allow 200 cache',
  'inbox-manager marketing members.add deny 403 -',
  'inbox-manager nobody-knows-me accounts.list deny 403 -',
  'inbox-manager reporting members.list allow 200 -',
  'inbox-manager provisioning members.remove allow 204 cache',
  'inbox-manager provisioning accounts.remove allow 204 cache',
  'inbox-manager provisioning users.remove allow 204 cache',
  'faable provisioning users.create allow 201 -',
  'faable provisioning users.update allow 200 cache',
  'faable provisioning users.get allow 200 -',
  'faable reporting users.list allow 200 cache',
  'faable reporting users.create deny 403 -',
  'faable reporting users.list allow 200 -',
  'faable provisioning users.remove allow 200 -',
  'authaction provisioning users.create allow 201 -',
  'authaction provisioning users.update allow 200 cache',
  'authaction reporting users.list allow 200 cache',
  'authaction reporting users.create deny 403 -',
  'authaction reporting users.list allow 502 -',
  'authaction provisioning users.remove allow 204 cache',
  'loginradius provisioning organizations.create allow 200 -',
  'loginradius provisioning roles.create allow 200 cache',
  'loginradius reporting organizations.list allow 200 cache',
  'loginradius partner-desk domains.add allow 200 -',
  'loginradius partner-desk connections.create allow 200 -',
  'loginradius reporting domains.list deny 403 -',
  'aurinko directory service-accounts.list allow 200 -',
  'aurinko reporting calendars.list allow 502 -',
  'aurinko provisioning calendars.create allow 200 cache',
  'aurinko reporting calendars.get allow 200 cache',
  'aurinko reporting calendars.create deny 403 -',
  'aurinko reporting calendars.list allow 200 cache',
]

/** What could be a secret, an opaque token or a part of a signed one: all of them are longer than any name. */
function secretsIn(text: string): string[] {
  return text.match(/[\w+/-]{30,}/g) ?? []
}

/** Every JSON Web Token in a text, decoded. */
function tokensIn(text: string) {
  return [...text.matchAll(/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g)].map(([token]) => decodeJwt(token))
}

describe('once', () => {
  test('all goes as expected, and a script can read every call', async () => {
    // As `npm start` runs it: from the sources.
    const env = { COUNTERSIGN_MAIN: undefined, NODE_COMPILE_CACHE: undefined }
    const child = await demo(['--once', '--json'], undefined, env)
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
      if (row.verdict === 'allow' && row.status < 300) expect(row.token).toMatch(/^[0-9a-f]{16}$/)
    }
    const told = rows.map(({ upstream, service, operation, verdict, status, cached }) =>
      [upstream, service, operation, verdict, status, cached ? 'cache' : '-'].join(' '),
    )
    expect(told).toEqual(expectedCalls)
    // One token until it was revoked, and one since: nothing was minted that was not needed.
    const tokensOf = (name: string) => {
      const held = rows.filter(({ upstream, token }) => upstream === name && token !== null)
      return new Set(held.map(({ token }) => token)).size
    }
    expect(tokensOf('inbox-manager')).toBe(2)
    // For writing and for reading; for reading after the account had moved; for removing.
    expect(tokensOf('faable')).toBe(4)
    // The consent's, before and after the restart, and the application's own credential.
    expect(tokensOf('aurinko')).toBe(2)
    expect(readdirSync(temporary)).toEqual([])
    expect(secretsIn(child.stdout() + child.stderr())).toEqual([])
  })

  test('in a pipe the table is plain lines', async () => {
    const child = await demo(['--once'])
    expect(await child.exited).toBe(0)
    expect(child.stdout()).toMatch(/^service +upstream +operation +verdict/)
    expect(child.stdout()).toMatch(
      /provisioning +inbox-manager +members.add +allow +201 +[0-9a-f]{16} +cache/,
    )
    expect(child.stdout()).toContain('the upstream refused the token: a new one, sent once more')
    expect(child.stdout()).toContain(
      'LoginRadius was shown a token 3 times, key and secret 1, client id and secret 1',
    )
    expect(child.stdout()).toMatch(/users.remove .* provisioning allow\[2\]: delete:users$/m)
    expect(child.stdout()).toContain("The administrator's browser comes back from it")
    expect(child.stdout()).not.toMatch(/[^\n -~…—└]/)
    expect(child.stderr()).toBe('')
    expect(secretsIn(child.stdout())).toEqual([])
  })
})

describe('until Ctrl-C', () => {
  test('every curl line works as it stands, and has the only tokens shown', async () => {
    const child = await demo([], /^Ctrl-C stops it all/)
    const output = child.stdout() + child.stderr()
    const lines = [...output.matchAll(/curl -H 'authorization: ([^']+)' (\S+)/g)]
    expect(lines).toHaveLength(5)
    for (const [, authorization = '', url = ''] of lines) {
      const answer = await fetch(url, { headers: { authorization } })
      expect([url, answer.status]).toEqual([url, 200])
    }
    expect(tokensIn(output).map(({ aud }) => aud)).toEqual(Array(5).fill('https://gateway.internal'))
    expect(secretsIn(output.replaceAll(/curl .*/g, ''))).toEqual([])
    const [, admin = ''] = /operators look +(\S+)/.exec(output) ?? []
    expect((await fetch(admin)).status).toBe(200)
    expect(await child.stop('SIGINT')).toBe(0)
    await expect(fetch(admin)).rejects.toThrow()
  })
})

/** The kernel says which processes a process has started; where it does not, these cases cannot be told apart. */
const childrenFile = (pid: number) => `/proc/${pid}/task/${pid}/children`

describe.runIf(existsSync(childrenFile(process.pid)))('no part outlives the demo', () => {
  test('after SIGTERM in the middle', async () => {
    const child = await demo([], /users\.create/)
    const parts = partsOf(child)
    expect(parts).toHaveLength(6)
    expect(readdirSync(temporary)).toHaveLength(1)
    expect(await child.stop('SIGTERM')).toBe(143)
    expect(readdirSync(temporary)).toEqual([])
    expect(parts.filter(isRunning)).toEqual([])
  })

  test.each([
    ['sandbox', 'sandbox/src/main.ts'],
    ['gateway', gatewayMain],
  ])('after the %s was killed, which is said', async (name, script) => {
    const child = await demo([], /^Ctrl-C stops it all/)
    const parts = partsOf(child)
    const victim = parts.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(script)) ?? 0
    process.kill(victim, 'SIGKILL')
    expect(await child.exited).toBe(1)
    expect(child.stderr()).toMatch(new RegExp(`^the ${name} ended by SIGKILL\\.`, 'm'))
    expect(parts.filter(isRunning)).toEqual([])
  })
})

function partsOf({ pid }: TestProcess): number[] {
  return readFileSync(childrenFile(pid), 'utf8').trim().split(' ').map(Number)
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`)
}
