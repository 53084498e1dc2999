import { z } from 'zod'
import { DocumentError } from './document-error.ts'

const operation = z.strictObject({
  name: z.string(),
  route: z.string(),
  scopes: z.array(z.string()).optional(),
  destructive: z.literal(true).optional(),
})

const upstream = z.strictObject({
  url: z.string().optional(),
  token_endpoint: z.string().optional(),
  operations: z.array(operation),
})

const state = z.strictObject({ note: z.string(), upstreams: z.record(z.string(), upstream) })

/** What the last import of one upstream wrote: whatever differs from it by now was changed by hand. */
export type ImportState = z.output<typeof upstream>

/** What the last imports into one file wrote, by upstream. */
export type ImportStates = Readonly<Record<string, ImportState>>

const note =
  'Written by `countersign import openapi`: what it wrote last, to tell changes made by hand. Commit it.'

/** Where the state of a configuration file is kept: beside it, and not read as configuration. */
export function stateFileOf(file: string): string {
  return `${file.replace(/\.ya?ml$/i, '')}.import.json`
}

/** @throws {DocumentError} for a file that is none of these */
export function parseImportStates(text: string): ImportStates {
  try {
    return state.parse(JSON.parse(text)).upstreams
  } catch (cause) {
    throw new DocumentError(
      'the record of the last import is damaged; restore it, or remove it to keep every operation as it is',
      cause,
    )
  }
}

/** The same states always give the same text. */
export function renderImportStates(states: ImportStates): string {
  const upstreams = Object.fromEntries(Object.entries(states).sort(([a], [b]) => (a < b ? -1 : 1)))
  return `${JSON.stringify({ note, upstreams }, null, 2)}\n`
}
