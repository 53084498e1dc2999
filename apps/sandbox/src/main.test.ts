import { fileURLToPath } from 'node:url'
import { type ProcessOptions, startProcess } from '@countersign/testkit'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const sandbox = (args: string[], options: ProcessOptions = {}) =>
  startProcess(process.execPath, [main, ...args], options)
const noClient = { AUTH_BACKEND_ADMIN_CLIENT_ID: undefined, AUTH_BACKEND_ADMIN_CLIENT_SECRET: undefined }

test.each(['SIGTERM', 'SIGINT'] as const)(
  'it says where it is in one line of JSON, and ends on %s',
  async (signal) => {
    await using child = await sandbox(['--json'], { ready: /^\{.*\}$/, env: noClient })
    const { issuer, inboxManager, control } = JSON.parse(child.stdout())
    const answer = await fetch(inboxManager.tokenEndpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        grant_type: 'client_credentials',
        client_id: inboxManager.clientId,
        client_secret: inboxManager.clientSecret,
        audience: inboxManager.audience,
      }),
    })
    expect(answer.status).toBe(200)
    for (const url of [issuer.jwksUri, `${control.url}/inbox-manager/counts`]) {
      expect((await fetch(url)).status).toBe(200)
    }
    expect(await child.stop(signal)).toBe(0)
    expect(child.stderr()).toBe('')
    expect(child.stdout().trim().split('\n')).toHaveLength(1)
  },
)

test('a secret that came from outside is used and not repeated', async () => {
  const env = {
    ...{ AUTH_BACKEND_ADMIN_CLIENT_ID: 'cid_demo', AUTH_BACKEND_ADMIN_CLIENT_SECRET: 'from-outside' },
    ...{ FAABLEAUTH_CLIENT_ID: 'client_demo', FAABLEAUTH_CLIENT_SECRET: 'from-outside' },
    ...{ AUTHACTION_CLIENT_ID: 'app_demo', AUTHACTION_CLIENT_SECRET: 'from-outside' },
  }
  await using child = await sandbox([], { ready: /Ctrl-C/, env })
  for (const id of ['cid_demo', 'client_demo', 'app_demo']) expect(child.stdout()).toContain(id)
  expect(child.stdout()).not.toContain('from-outside')
})

test('a port that is none, or taken, is an error in one line', async () => {
  await using wrong = await sandbox(['--issuer-port', '70000'])
  expect(await wrong.exited).toBe(1)
  expect(wrong.stderr()).toContain('a port is a number from 0 to 65535')
  await using first = await sandbox(['--json'], { ready: /^\{/ })
  const port = new URL(JSON.parse(first.readyLine).inboxManager.url).port
  await using second = await sandbox(['--inbox-api-port', port])
  expect(await second.exited).toBe(1)
  expect(second.stderr()).toMatch(/^sandbox: listen EADDRINUSE.*\n$/)
})
