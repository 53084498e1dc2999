import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pacts } from '../support/places.ts'
import { gatewayScript } from '../support/start-gateway.ts'
import { type BrokerDouble, startBrokerDouble } from './broker-double.ts'
import { verifyFromBroker } from './verify-from-broker.ts'

const script = fileURLToPath(new URL('../release.ts', import.meta.url))
const clientGateway = join(pacts, 'countersign-client-countersign-gateway.json')
const sha = expect.stringMatching(/^[0-9a-f]{40}$/)

const folder = mkdtempSync(join(tmpdir(), 'broker-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

let broker: BrokerDouble
beforeEach(async () => {
  broker = await startBrokerDouble()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await broker[Symbol.asyncDispose]()
})

/** Runs the script as CI does. @returns its exit code and all it wrote */
async function release(args: readonly string[], at = broker): Promise<{ code: number; output: string }> {
  const said = {
    PACT_BROKER_BASE_URL: at.url,
    PACT_BROKER_TOKEN: 'token',
    GITHUB_REF_NAME: 'topic',
    CI: 'true',
  }
  const mine = Object.entries(process.env).filter(
    ([name]) => !/^(COUNTERSIGN_REPORTS$|VITEST|GITHUB_)|_proxy$/i.test(name),
  )
  // The sources: a bundle would have to be made for each run.
  const env = { ...Object.fromEntries(mine), ...said, COUNTERSIGN_MAIN: gatewayScript }
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, ...args], { env })
    return { code: 0, output: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, output: stdout + stderr }
  }
}

test('publish sends what is relied on of the gateway, under commit and branch, and shows the token', async () => {
  expect(await release(['publish'])).toMatchObject({ code: 0 })
  const sent = broker.requests.filter(({ target }) => target === '/contracts/publish')
  expect(sent.length).toBeGreaterThan(0)
  for (const { body, authorization } of sent) {
    expect(authorization).toBe('Bearer token')
    expect(body).toMatchObject({ pacticipantVersionNumber: sha, branch: 'topic' })
  }
  const contracts = sent.flatMap(
    ({ body }) => (body as { contracts: { providerName: string; content: string }[] }).contracts,
  )
  expect(new Set(contracts.map(({ providerName }) => providerName))).toEqual(new Set(['countersign-gateway']))
  const published = contracts.map(
    ({ content }) => JSON.parse(Buffer.from(content, 'base64').toString()).interactions.length,
  )
  expect(published).toContain(JSON.parse(readFileSync(clientGateway, 'utf8')).interactions.length)
})

test('can-i-deploy asks for both by commit and environment, and its exit code is the answer', async () => {
  expect(await release(['can-i-deploy', 'production'])).toMatchObject({ code: 0 })
  const [asked] = broker.requests.filter(({ target }) => target.startsWith('/matrix'))
  expect(asked?.target).toMatch(/q\[\]\[pacticipant\]=countersign-gateway&q\[\]\[version\]=[0-9a-f]{40}/)
  expect(asked?.target).toMatch(/q\[\]\[pacticipant\]=countersign-client&q\[\]\[version\]=[0-9a-f]{40}/)
  expect(asked?.target).toContain('environment=production')
  broker.deployable = false
  expect(await release(['can-i-deploy', 'production'])).toMatchObject({ code: 1 })
})

test('record-deployment records both', async () => {
  expect(await release(['record-deployment', 'production'])).toMatchObject({ code: 0 })
  const recorded = broker.requests.filter(({ target }) => target.endsWith('/deployed/production'))
  expect(recorded.map(({ method, target }) => [method, target.split('/')[2]])).toEqual([
    ['POST', 'countersign-gateway'],
    ['POST', 'countersign-client'],
  ])
})

/** A contract with one interaction of the client's, whose own provider test has them all. */
function contractOfOne(state?: string): string {
  const pact = JSON.parse(readFileSync(clientGateway, 'utf8'))
  const [first] = pact.interactions.filter(
    ({ description }: { description: string }) => description === 'accounts.get',
  )
  pact.interactions = [{ ...first, ...(state && { providerStates: [{ name: state }] }) }]
  const file = join(folder, `${randomUUID()}.json`)
  writeFileSync(file, JSON.stringify(pact))
  return file
}

/** What nobody can make so. */
const impossible = 'the gateway can fly'

test('verify asks by selectors, with pending and new contracts, and publishes what came of each', async () => {
  const pending = { file: contractOfOne(impossible), pending: true }
  await using other = await startBrokerDouble({ file: contractOfOne() }, pending)
  expect(await release(['verify', 'client-gateway'], other)).toMatchObject({ code: 0 })
  const [, asked] = other.requests.filter(({ target }) => target.endsWith('/for-verification'))
  expect(asked?.body).toMatchObject({
    consumerVersionSelectors: ['countersign-client', 'oauth-client'].flatMap((consumer) => [
      { consumer, mainBranch: true },
      { consumer, matchingBranch: true },
      { consumer, deployedOrReleased: true },
    ]),
    includePendingStatus: true,
    includeWipPactsSince: expect.stringMatching(/^\d{4}-\d\d-\d\d/),
    providerVersionBranch: 'topic',
  })
  const resultOf = (at: number) => other.requests.find(({ target }) => target === `/results/${at}`)?.body
  expect(resultOf(0)).toMatchObject({ success: true, providerApplicationVersion: sha })
  expect(resultOf(1)).toMatchObject({ success: false })
})

test('a contract that asks for what the gateway is not fails, unless it is pending', async () => {
  await using other = await startBrokerDouble({ file: contractOfOne(impossible) })
  expect(await release(['verify', 'client-gateway'], other)).toMatchObject({ code: 1 })
})

test('a contract that another repository keeps may be missing at the broker; one of this repository may not', async () => {
  vi.stubEnv('PACT_BROKER_BASE_URL', broker.url)
  const url = 'http://127.0.0.1:9'
  const seats = { provider: 'countersign-gateway', consumers: ['seats'], url, states: {} }
  await verifyFromBroker({ ...seats, dir: 'examples/consumer-service/pacts' })
  const [asked] = broker.requests.filter(({ method }) => method === 'POST')
  expect(asked?.body).toMatchObject({ consumerVersionSelectors: Array(3).fill({ consumer: 'seats' }) })
  await expect(verifyFromBroker(seats)).rejects.toThrow('No pacts found')
})

test('wrong usage is said, with exit code 2', async () => {
  const wrong = [[], ['deploy'], ['can-i-deploy'], ['publish', 'everything']]
  for (const { code, output } of await Promise.all(wrong.map((args) => release(args)))) {
    expect(code).toBe(2)
    expect(output).toContain('usage: node contracts/release.ts')
  }
})
