import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pacts, written } from './places.ts'
import { differing, publishable } from './publishable.ts'

function run(isCheck: boolean): void {
  const wanted = publishable(written)
  const changed = differing(pacts, wanted)
  if (isCheck && changed.length > 0) {
    process.stderr.write(`contracts/pacts is not what the consumer tests say: ${changed.join(', ')}\n`)
    process.stderr.write('run: npm run contracts:update, and review the difference\n')
    process.exitCode = 1
    return
  }
  mkdirSync(pacts, { recursive: true })
  for (const name of changed) {
    const text = wanted.get(name)
    if (text === undefined) rmSync(join(pacts, name))
    else writeFileSync(join(pacts, name), text)
    process.stdout.write(`${text === undefined ? 'removed' : 'wrote'} contracts/pacts/${name}\n`)
  }
}

try {
  run(process.argv.includes('--check'))
} catch (error) {
  process.stderr.write(`publish: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
