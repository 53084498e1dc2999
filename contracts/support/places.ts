import { fileURLToPath } from 'node:url'

/** What the last consumer run wrote: a folder per interaction, never committed. */
export const written: string = fileURLToPath(new URL('../.pact', import.meta.url))

/** The contracts: a file per pair, committed. */
export const pacts: string = fileURLToPath(new URL('../pacts', import.meta.url))
