import { fileURLToPath } from 'node:url'

/** What the last consumer run wrote: a folder per interaction, never committed. `PACT_WRITTEN`: for this run alone. */
export const written: string = process.env.PACT_WRITTEN || fileURLToPath(new URL('../.pact', import.meta.url))

/** The contracts: a file per pair, committed. */
export const pacts: string = fileURLToPath(new URL('../pacts', import.meta.url))
