import { fileURLToPath } from 'node:url'

/** What every run with pact has in common. */
export const pactRun: {
  pool: 'forks'
  execArgv: string[]
  setupFiles: string[]
  testTimeout: number
  hookTimeout: number
} = {
  // A crash of pact's native core takes a fork down, and not the whole run.
  pool: 'forks',
  // pact's verifier still uses util._extend.
  execArgv: ['--disable-warning=DEP0060'],
  setupFiles: [fileURLToPath(new URL('./quiet-pact.ts', import.meta.url))],
  testTimeout: 240_000,
  hookTimeout: 240_000,
}
