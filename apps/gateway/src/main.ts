#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { requireNode } from './require-node.ts'

requireNode(process.version)

// Before anything that takes a while: a signal that comes meanwhile is for a gateway that runs, and not for half of one.
if (process.argv[2] === 'serve') await import('./heard-signals.ts')

// Before anything else is loaded: what was compiled once is read from disk at the next start, which takes less than
// half as long. It is kept beside the sources and nowhere else (the default is the folder for temporary files):
// whoever can write there could change the code itself. Where nobody can, each start compiles.
const { keepCompiled } = await import('./compile-cache.ts')
keepCompiled(fileURLToPath(new URL('../.compile-cache', import.meta.url)))

const { runCommandLine } = await import('./cli/program.ts')
await runCommandLine(process.argv)
