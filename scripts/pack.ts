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
const libraries = ['packages/auth-core', 'packages/client', 'packages/testkit']

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules/.bin')
const args = process.argv.slice(2)
const isCheck = args.includes('--check')
const folder = resolve(args.find((arg) => !arg.startsWith('--')) ?? join(root, '.packages'))

mkdirSync(folder, { recursive: true })
await Promise.all([...libraries.map(publishLibrary), publishGateway()])

async function publishLibrary(path: string): Promise<void> {
  const cwd = join(root, path)
  rmSync(join(cwd, 'dist'), { recursive: true, force: true })
  await run('tsc', ['-p', 'tsconfig.build.json'], cwd)
  const tarball = await pack(cwd)
  // ESM alone, on purpose.
  if (isCheck) await run('attw', ['--profile', 'esm-only', tarball], root)
}

/** A command: it has no types to be wrong. */
async function publishGateway(): Promise<void> {
  await run('node', ['bundle.ts'], join(root, 'apps/gateway'))
  await pack(join(root, 'apps/gateway/dist'))
}

async function pack(cwd: string): Promise<string> {
  const pnpm = ['-y', '--prefer-offline', 'pnpm@12.21.0', 'pack', '--json', '--pack-destination', folder]
  const tarball: string = JSON.parse(await run('npx', pnpm, cwd)).filename
  if (isCheck) await run('publint', ['run', '--strict', tarball], root)
  process.stdout.write(`${tarball}\n`)
  return tarball
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
