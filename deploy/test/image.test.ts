import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const dockerfile = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8')

/** The instructions of one kind, without their names. */
function instructions(name: string): string[] {
  return [...dockerfile.matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, rest = '']) => rest)
}

/** What is copied from the stages that are meant, and to where. */
function copies(isMeant: (stage: string | undefined) => boolean): [paths: string[], to: string][] {
  return instructions('COPY').flatMap((text) => {
    const [, stage, rest = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(text) ?? []
    const paths = rest.split(' ')
    const to = paths.pop() ?? ''
    return isMeant(stage) ? [[paths, to]] : []
  })
}

/** As in Dockerfile.dockerignore. */
const skipped = ['node_modules', 'dist', '.turbo', '.compile-cache', 'test']

test('the steps of the image make a gateway that runs by itself, from the lockfile', () => {
  const [app, image] = [mkdtempSync(join(tmpdir(), 'image-build-')), mkdtempSync(join(tmpdir(), 'image-'))]
  try {
    for (const [paths, to] of copies((from) => from === undefined)) {
      for (const path of paths) {
        const filter = (from: string) => !skipped.includes(basename(from))
        cpSync(join(root, path), to === './' ? join(app, path) : join(app, to), { recursive: true, filter })
      }
    }
    const env = {
      ...process.env,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      npm_config_offline: 'true',
    }
    Reflect.deleteProperty(env, 'NODE_COMPILE_CACHE') // vitest's own
    for (const command of instructions('RUN')) {
      const output = execFileSync('sh', ['-c', command], { cwd: app, env, encoding: 'utf8' })
      if (command.includes('--version')) expect(output).toMatch(/^\d+\.\d+\.\d+\n$/)
    }
    for (const [paths, to] of copies((from) => from === 'build')) {
      for (const path of paths) cpSync(path.replace('/app', app), join(image, to), { recursive: true })
    }
    const [entry = '[]'] = instructions('ENTRYPOINT')
    const [node = '', ...args] = JSON.parse(entry).map((path: string) => join(image, path))
    const caches = join(dirname(args[0] ?? ''), '../.compile-cache')
    expect(readdirSync(caches)).toEqual([expect.stringMatching(/-65532$/)])
    const check = [...args, 'check', join(root, 'examples/platform'), '--policy-only']
    expect(execFileSync(node, check, { env, encoding: 'utf8' })).toContain('is fine')
    expect(globSync('**/node_modules', { cwd: image })).toEqual([])
  } finally {
    for (const folder of [app, image]) rmSync(folder, { recursive: true, force: true })
  }
})

test('it runs as nobody, and has nothing to write with', () => {
  expect(instructions('USER')).toEqual(['65532:65532'])
  expect(dockerfile.slice(dockerfile.lastIndexOf('FROM '))).not.toMatch(/^RUN/m)
})
