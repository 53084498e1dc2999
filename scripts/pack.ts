import { execFile } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/**
 * Packs what is published, as it would be published: `pack.ts [FOLDER] [--check]`. With `--check` publint and
 * attw judge every tarball: what its package.json promises is in it, and types lead to the code they describe.
 *
 * Prints the path of each tarball. pnpm packs, because only it puts versions in place of `workspace:*` and
 * `publishConfig` in place of the sources.
 */
const publishable = ['packages/auth-core', 'packages/client', 'apps/gateway', 'packages/testkit']

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules/.bin')
const args = process.argv.slice(2)
const isCheck = args.includes('--check')
const folder = resolve(args.find((arg) => !arg.startsWith('--')) ?? join(root, '.packages'))

mkdirSync(folder, { recursive: true })
await Promise.all(publishable.map(publish))

async function publish(path: string): Promise<void> {
  const tarball = await pack(join(root, path))
  if (isCheck) {
    await run('publint', ['run', '--strict', tarball], root)
    // ESM alone, on purpose. The gateway is a command, and has no types to be wrong.
    if (path !== 'apps/gateway') await run('attw', ['--profile', 'esm-only', tarball], root)
  }
  process.stdout.write(`${tarball}\n`)
}

async function pack(cwd: string): Promise<string> {
  rmSync(join(cwd, 'dist'), { recursive: true, force: true })
  await run('tsc', ['-p', 'tsconfig.build.json'], cwd)
  const pnpm = ['-y', '--prefer-offline', 'pnpm@12.21.0', 'pack', '--json', '--pack-destination', folder]
  return JSON.parse(await run('npx', pnpm, cwd)).filename
}

/** Ends the whole, when a command fails, with what it said. */
async function run(name: string, given: readonly string[], cwd: string): Promise<string> {
  try {
    const command = name === 'npx' ? name : join(bin, name)
    return (await promisify(execFile)(command, given, { cwd })).stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    process.stderr.write(`${name} ${given.join(' ')}\n${stdout}${stderr}`)
    process.exit(1)
  }
}
