import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startProcess } from '@countersign/testkit'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'

const here = fileURLToPath(new URL('..', import.meta.url))
// Far from every node_modules: what the bundle lacks, it does not find.
const folder = mkdtempSync(join(tmpdir(), 'countersign-bundle-'))
const main = join(folder, 'lib/main.js')

beforeAll(() => {
  execFileSync(process.execPath, [join(here, 'bundle.ts'), folder])
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(args: readonly string[]): string {
  return execFileSync(process.execPath, args, { encoding: 'utf8' })
}

it('has every command, and says for each how it is used', () => {
  const help = run([main, '--help'])
  const names = [...help.matchAll(/^ {2}([a-z]+) /gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help')
  expect(names).toEqual(expect.arrayContaining(['serve', 'check', 'contracts', 'audit']))
  for (const name of names) expect(run([main, name, '--help'])).toContain(`countersign ${name}`)
}, 120_000)

it('depends on no package, and brings the licence of each that went into it', () => {
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')
  expect(JSON.parse(read('package.json'))).not.toHaveProperty('dependencies')
  const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
  const foreign = Object.keys(dependencies).filter((name) => !name.startsWith('@countersign/'))
  const notices = read('THIRD-PARTY-NOTICES.txt')
  expect(foreign.filter((name) => !notices.includes(`\n${name} `))).toEqual([])
})

it('loads for a command that needs no gateway none of what a gateway needs', () => {
  const loaded = run([
    '--import',
    `data:text/javascript,${encodeURIComponent(listLoaded)}`,
    main,
    'audit',
    '--help',
  ])
  expect(loaded).toMatch(/\/audit-[^/]+\.js$/m)
  expect(loaded).not.toContain('/serve-')
})

/** Prints the address of each module when it is loaded. */
const listLoaded = `
  import { registerHooks } from 'node:module'
  registerHooks({ load: (url, context, next) => { process.stdout.write(url + '\\n'); return next(url, context) } })`

it('leads from the line of a stack to the line of the source', () => {
  const [serve = ''] = readdirSync(join(folder, 'lib')).filter((file) => /^serve-.*\.js$/.test(file))
  const lines = (text: string) => text.split('\n')
  const isHandler = (line: string) => line.includes('function gatewayHandler')
  const map = new SourceMap(JSON.parse(readFileSync(join(folder, 'lib', `${serve}.map`), 'utf8')))
  const bundled = lines(readFileSync(join(folder, 'lib', serve), 'utf8')).findIndex(isHandler)
  expect(map.findEntry(bundled, 0)).toMatchObject({
    originalSource: expect.stringMatching(/apps\/gateway\/src\/handler\.ts$/),
    originalLine: lines(readFileSync(join(here, 'src/handler.ts'), 'utf8')).findIndex(isHandler),
  })
})

it('gives its spans to an SDK that was loaded before it, which has an API package of its own', async () => {
  const spans = join(folder, 'spans.jsonl')
  const configuration = join(folder, 'countersign.yaml')
  writeFileSync(
    configuration,
    'gateway: { audience: "https://gateway.internal", listen: "127.0.0.1:8080" }\n',
  )
  const serve = ['serve', configuration, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']
  const telemetry = join(here, 'test/support/telemetry.ts')
  const env = { NODE_OPTIONS: `--import=${telemetry}`, SPANS: spans }
  await using gateway = await startProcess(process.execPath, [main, ...serve], {
    ready: /"msg":"listening"/,
    env,
  })
  const { data }: { data: string } = JSON.parse(gateway.readyLine)
  expect((await fetch(`${data}/u1/x`)).status).toBe(401)
  await vi.waitFor(() => expect(readFileSync(spans, 'utf8')).toContain('"kind":"SERVER"'))
})
