import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pacts } from './support/places.ts'
import { differing, publishable } from './support/publishable.ts'

const usage = `usage: node contracts/repeat.ts [COUNT]

Runs all consumer tests COUNT times (default 3), two runs at a time, each in an order of its own. Every run has to
write the committed contracts, to the byte. Exit codes: 0 all did, 1 one did not, 2 wrong usage.
`
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')

/** Runs them once. @returns what is wrong, if anything */
async function runOnce(seed: number): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'contracts-repeat-'))
  try {
    const { COUNTERSIGN_REPORTS: _, ...env } = process.env
    const args = [vitest, 'run', '-c', 'vitest.consumer.ts', `--sequence.seed=${seed}`]
    const options = { cwd: import.meta.dirname, env: { ...env, PACT_WRITTEN: folder } }
    const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = Promise.all([child.stdout.toArray(), child.stderr.toArray()])
    const [code] = await once(child, 'close')
    if (code !== 0) return Buffer.concat((await output).flat()).toString()
    const changed = differing(pacts, publishable(folder))
    return changed.length === 0 ? undefined : `other contracts than the committed ones: ${changed.join(', ')}`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function run(count: number): Promise<number> {
  const seeds = Array.from({ length: count }, (_, at) => Date.now() + at)
  let failures = 0
  async function work(): Promise<void> {
    for (let seed = seeds.pop(); seed !== undefined; seed = seeds.pop()) {
      const problem = await runOnce(seed)
      if (problem !== undefined) failures += 1
      process.stdout.write(`seed ${seed}: ${problem ?? 'the committed contracts, to the byte'}\n`)
    }
  }
  await Promise.all([work(), work()])
  process.stdout.write(`${count - failures} of ${count} runs wrote the committed contracts\n`)
  return failures === 0 ? 0 : 1
}

const [count = '3', ...more] = process.argv.slice(2)
if (/^[1-9]\d{0,3}$/.test(count) && more.length === 0) process.exitCode = await run(Number(count))
else {
  process.stderr.write(usage)
  process.exitCode = 2
}
