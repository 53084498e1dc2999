import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
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

test('what the image copies and installs is enough to run, from the lockfile and without development packages', () => {
  const app = mkdtempSync(join(tmpdir(), 'image-'))
  try {
    for (const copied of instructions('COPY').filter((text) => !text.startsWith('--from'))) {
      const paths = copied.split(' ')
      const to = paths.pop() ?? ''
      for (const path of paths) {
        const target = to === './' ? join(app, path) : join(app, to)
        cpSync(join(root, path), target, {
          recursive: true,
          filter: (from) =>
            !['node_modules', 'dist', '.turbo', '.compile-cache', 'test'].includes(basename(from)),
        })
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
    expect(readdirSync(join(app, 'apps/gateway/.compile-cache'))).toEqual([expect.stringMatching(/-65532$/)])
    const installed = readdirSync(join(app, 'node_modules/.pnpm'))
    expect(installed.filter((name) => /^(vitest|typescript|@biomejs)/.test(name))).toEqual([])
  } finally {
    rmSync(app, { recursive: true, force: true })
  }
})

test('it runs as nobody, and has nothing to write with', () => {
  expect(instructions('USER')).toEqual(['65532:65532'])
  expect(dockerfile.slice(dockerfile.lastIndexOf('FROM '))).not.toMatch(/^RUN/m)
})
