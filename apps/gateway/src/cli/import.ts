import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { Command } from 'commander'
import { decodeText } from '../config/decode-text.ts'
import { upstreamName } from '../config/schema/upstream-name.ts'
import { DocumentError } from '../import-openapi/document-error.ts'
import { type Imported, importOpenapi } from '../import-openapi/import-openapi.ts'
import {
  type ImportStates,
  parseImportStates,
  renderImportStates,
  stateFileOf,
} from '../import-openapi/import-state.ts'
import { jsonImport, renderImport } from '../import-openapi/render-import.ts'
import { wordsOf } from '../import-openapi/words-of.ts'
import { type Written, writeUpstream } from '../import-openapi/write-upstream.ts'
import { fail } from './fail.ts'

/** `countersign import openapi FILE`: the operations of an OpenAPI document as an upstream. */
export function importCommand(): Command {
  return new Command('import')
    .description('Make configuration out of what is there already.')
    .addCommand(openapiCommand())
}

function openapiCommand(): Command {
  return new Command('openapi')
    .description('Make an upstream with named operations out of an OpenAPI 3.0 or 3.1 document.')
    .argument('<file>', 'the document, JSON or YAML; nothing that it refers to is fetched')
    .option('--upstream <name>', 'name of the upstream; default: made from the file name')
    .option('--into <path>', 'configuration file to write it into; what was changed there by hand stays')
    .option('--url <address>', 'base address, in place of the servers of the document')
    .option('--json', 'one JSON document instead of text', false)
    .addHelpText('after', help)
    .action(run)
}

const help = `
Without --into the upstream is printed. With it, a second file beside it (api.import.json for api.yaml) remembers
what was written, so that the next import tells your changes from its own: those it keeps, and it reports
operations that the document no longer has instead of removing them.

Exit codes: 0 every operation has a route, 1 some have none, or the document cannot be read, 2 wrong usage.

Examples:
  $ countersign import openapi vendor.yaml --upstream vendor > config/vendor.yaml
  $ countersign import openapi vendor.yaml --upstream vendor --into config/vendor.yaml`

interface Options {
  readonly upstream?: string
  readonly into?: string
  readonly url?: string
  readonly json: boolean
}

function run(file: string, options: Options, command: Command): void {
  if (!existsSync(file) || isFolder(file)) command.error(`there is no file ${file}`)
  const name = options.upstream ?? nameFrom(file)
  const named = upstreamName().safeParse(name)
  if (!named.success) command.error(`"${name}" ${named.error.issues[0]?.message}: give --upstream NAME`)
  const { into } = options
  if (into !== undefined && isFolder(into)) command.error(`${into} is a folder, and --into names a file`)
  if (into !== undefined && !isFolder(dirname(into)))
    command.error(`there is no folder ${dirname(into)} for --into: make it first`)
  let at = file
  try {
    const imported = importOpenapi(readText(file), options.url)
    at = into ?? file
    const states = into === undefined ? {} : readStates(into)
    const text = into !== undefined && existsSync(into) ? readText(into) : ''
    const written = writeUpstream(text, name, imported, states[name])
    if (into !== undefined) write(into, text, written, { ...states, [name]: written.state })
    show(imported, written, options)
    process.exitCode = imported.refused.length + written.report.refused.length === 0 ? 0 : 1
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error
    const why = `${at}: ${error.message}`
    fail(why, { why }, command)
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** @throws {DocumentError} for what is no text: it would be written back otherwise than it was */
function readText(file: string): string {
  const bytes = readFileSync(file)
  try {
    return decodeText(bytes)
  } catch (error) {
    throw new DocumentError((error as Error).message)
  }
}

function readStates(into: string): ImportStates {
  const file = stateFileOf(into)
  return existsSync(file) ? parseImportStates(readFileSync(file, 'utf8')) : {}
}

function write(into: string, before: string, { text }: Written, states: ImportStates): void {
  if (text !== before) writeFileSync(into, text)
  const stateFile = stateFileOf(into)
  const state = renderImportStates(states)
  if (!existsSync(stateFile) || readFileSync(stateFile, 'utf8') !== state) writeFileSync(stateFile, state)
}

/** The document to standard output, what there is to say of it to standard error. */
function show(imported: Imported, written: Written, { into, json }: Options): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(jsonImport(imported, written, into), null, 2)}\n`)
    return
  }
  if (into === undefined) process.stdout.write(written.text)
  const report = renderImport(imported, written.report)
  if (into === undefined) process.stderr.write(report)
  else process.stdout.write(report)
}

function nameFrom(file: string): string {
  const words = wordsOf(basename(file).replace(/\.[a-z]+$/i, ''))
  return words.filter((word) => !['openapi', 'api', 'spec'].includes(word)).join('-') || 'upstream'
}
