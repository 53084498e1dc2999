import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'countersign-published-'))
const packages = join(folder, 'packages')
const service = join(folder, 'service')
/** The runtime of this test first, whichever node npm itself runs on. */
const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) }

async function run(command: string, args: readonly string[], cwd: string, more = {}): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd, env: { ...env, ...more } })).stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`)
  }
}

beforeAll(async () => {
  cpSync(join(root, 'examples/consumer-service'), service, { recursive: true })
  await run(process.execPath, [join(root, 'scripts/pack.ts'), packages, '--check'], root)
  const tarballs = readdirSync(packages).map((name) => join(packages, name))
  const install = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']
  await run('npm', [...install, ...tarballs], service)
}, 400_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a service that has only the packed packages compiles against their types, and its policy is checked', async () => {
  expect(await run('npm', ['run', 'check'], service)).toContain('countersign is fine')
})

test('its tests pass against a gateway started from the installed package', async () => {
  expect(await run('npm', ['test'], service)).toMatch(/pass 4\b/)
})

test('its contract is written as it is committed', async () => {
  await run('npm', ['run', 'contract'], service)
  const diff = ['diff', '--no-index', '--exit-code', join(root, 'examples/consumer-service/pacts'), 'pacts']
  expect(await run('git', diff, service)).toBe('')
})

test('and published by the step that its CI has for that', async () => {
  const { steps } = parse(readFileSync(join(service, '.github/workflows/ci.yml'), 'utf8')).jobs.test
  const step = steps.find(({ run = '' }) => run.includes('publish'))
  const published: string[] = []
  // As much of a broker as it takes.
  const broker = createServer(async (request, response) => {
    if (request.method === 'POST') published.push(Buffer.concat(await request.toArray()).toString())
    const href = `http://${request.headers.host}/contracts/publish`
    const answer = { _links: { 'pb:publish-contracts': { href } }, _embedded: {}, notices: [] }
    response.setHeader('content-type', 'application/hal+json').end(JSON.stringify(answer))
  }).listen(0, '127.0.0.1')
  await once(broker, 'listening')
  const { port } = broker.address() as AddressInfo

  await run('bash', ['-e', '-c', step.run], service, {
    GITHUB_SHA: '5b1c8f0',
    GITHUB_REF_NAME: 'main',
    PACT_BROKER_BASE_URL: `http://127.0.0.1:${port}`,
    PACT_DO_NOT_TRACK: 'true',
  })
  broker.close()
  const sent = { pacticipantName: 'seats', pacticipantVersionNumber: '5b1c8f0', branch: 'main' }
  expect(published.map((text) => JSON.parse(text))).toEqual([expect.objectContaining(sent)])
})
