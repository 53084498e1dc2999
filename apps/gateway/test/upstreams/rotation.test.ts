import { expect, it, vi } from 'vitest'
import { createCertificateAuthority } from '../support/certificate-authority.ts'
import { type CredentialStage, newKey, openCredentialStage } from '../support/credential-stage.ts'

const upstreams = ['basic', 'es256', 'certified', 'workload'] as const

it('every kind of secret and key changes under 200 requests a second, and no call fails', async () => {
  // Tokens of five seconds: each upstream needs new ones all the time.
  await using stage = await openCredentialStage(5)
  const load = startLoad(stage)
  await vi.waitFor(() => expect(load.answered).toBeGreaterThan(200))

  stage.replace('basic.secret', '')
  await stage.gateway.line(/has faults; the last good one stays/, 60_000)

  const key = await newKey('ES256')
  stage.replace('basic.secret', 'second-secret')
  stage.replace('ES256.pem', key.pem)
  const certificate = await stage.authority.issue('gateway')
  stage.replace('client.key', certificate.key)
  stage.replace('client.crt', certificate.cert)
  await stage.platform.rotate({ keep: true })
  stage.replace('workload.jwt', await stage.platformToken())
  // The server does not know the new secret and key yet: the old ones serve, and that is told.
  await changes(stage, { basic: 'refused', es256: 'refused', certified: 'adopted', workload: 'adopted' })
  await stage.gateway.line(/the changed credential gets no token; the one before it goes on serving/)

  const { clients } = stage.server
  clients.set('basic', { ...clients.get('basic'), client_id: 'basic', client_secret: 'second-secret' })
  clients.set('es256', { ...clients.get('es256'), client_id: 'es256', jwks: key.jwks as never })
  stage.platform.published.splice(1)
  await changes(stage, { basic: 'adopted', es256: 'adopted' })
  // Longer than a token lives: by then none is left that an old credential obtained.
  const lived = Date.now() + 6_000
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(lived), { interval: 100 })
  const failed = await load.stop()

  expect(failed.join('\n')).toBe('')
  const latest = (name: string) => stage.api.calls.findLast(({ target }) => target === `/things/${name}`)
  expect(latest('certified')?.thumbprint).not.toBe(
    stage.api.calls.find(({ thumbprint }) => thumbprint)?.thumbprint,
  )
  const lastSecret = stage.server.asked.findLast(({ authorization }) => authorization)?.authorization
  expect(lastSecret).toBe(`Basic ${btoa('basic:second-secret')}`)
})

it('a certificate that the server does not trust is refused, and the one before it serves', async () => {
  await using stage = await openCredentialStage()
  expect((await stage.call('/certified/things/1')).status).toBe(200)
  const stranger = await (await createCertificateAuthority()).issue('gateway')
  stage.replace('client.key', stranger.key)
  stage.replace('client.crt', stranger.cert)
  await stage.gateway.line(/a changed configuration is in force/, 60_000)
  expect((await stage.call('/certified/things/1')).status).toBe(200)
  await changes(stage, { certified: 'refused' })
  expect((await stage.call('/certified/written/1')).status, 'a new token, by the old certificate').toBe(200)
})

it('a start with a secret that the server does not take yet: the operator is told, and the right one is taken up', async () => {
  await using stage = await openCredentialStage()
  stage.server.clients.set('basic', {
    ...stage.server.clients.get('basic'),
    client_id: 'basic',
    client_secret: 'next',
  })
  const refused = await stage.call('/basic/things/1')
  expect(await refused.json()).toMatchObject({ status: 502, code: 'mint.refused', owner: 'operator' })
  stage.replace('basic.secret', 'next')
  await stage.gateway.line(/a changed configuration is in force/, 60_000)
  expect((await stage.call('/basic/things/1')).status).toBe(200)
})

/** One call of each upstream every 20 ms, or as many as the machine keeps up with. */
function startLoad(stage: CredentialStage) {
  const failed: string[] = []
  const calls = new Set<Promise<void>>()
  const load = { answered: 0, stop }
  async function callOne(upstream: string): Promise<void> {
    try {
      const response = await stage.call(`/${upstream}/things/${upstream}`)
      const text = await response.text()
      load.answered += 1
      if (response.status !== 200) failed.push(`${upstream} ${response.status} ${text}`)
    } catch (error) {
      failed.push(`${upstream} ${error}`)
    }
  }
  const timer = setInterval(() => {
    if (calls.size > 40) return
    for (const upstream of upstreams) {
      const call = callOne(upstream)
      calls.add(call)
      void call.then(() => calls.delete(call))
    }
  }, 20)
  async function stop(): Promise<readonly string[]> {
    clearInterval(timer)
    await Promise.all(calls)
    return failed
  }
  return load
}

/** Waits until the metrics show these. */
async function changes(stage: CredentialStage, expected: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(expected).map(
    ([upstream, result]) =>
      `countersign_credential_changes_total\\{upstream="${upstream}",result="${result}"\\} [1-9]`,
  )
  async function all(): Promise<void> {
    const metrics = await stage.metrics()
    for (const line of lines) expect(metrics).toMatch(new RegExp(line))
  }
  await vi.waitFor(all, { interval: 200 })
}
