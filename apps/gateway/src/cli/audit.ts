import { readFileSync } from 'node:fs'
import { Secret } from '@countersign/auth-core'
import { Command } from 'commander'
import type { ChainHead } from '../record/audit-chain.ts'
import { verifyAudit } from '../record/verify-audit.ts'
import { requireAudit } from './require-audit.ts'

/** `countersign audit verify FILE…` */
export function auditCommand(): Command {
  return new Command('audit').description('Work on the audit record.').addCommand(verifyCommand())
}

function verifyCommand(): Command {
  return new Command('verify')
    .description('Check that no line of the record was changed, removed, reordered or cut off.')
    .argument('<files...>', 'the record: every file of it, in any order')
    .requiredOption('--key-file <path>', 'file with the key that gateway.audit.key names')
    .option('--head <seq:mac>', 'the head that was exported last, to see lines cut off the end')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Exit codes: 0 the record is whole, 1 it is not, 2 wrong usage.

Example:
  $ countersign audit verify audit.jsonl* --key-file /run/secrets/audit-key`,
    )
    .action(verify)
}

interface VerifyOptions {
  readonly keyFile: string
  readonly head?: string
  readonly json?: boolean
}

async function verify(files: string[], options: VerifyOptions, command: Command): Promise<void> {
  if (files.includes('-')) command.error('the record is read from files, not from standard input')
  requireAudit(files, command)
  const expected = options.head === undefined ? undefined : parseHead(options.head)
  if (options.head !== undefined && !expected) command.error('--head is written as SEQ:MAC')
  const key = readKey(options.keyFile, command)
  if (key === '') command.error(`the key file ${options.keyFile} is empty`)
  const verdict = await verifyAudit(files, new Secret(key), expected)
  if (options.json) process.stdout.write(`${JSON.stringify(verdict)}\n`)
  else process.stdout.write(describe(verdict))
  process.exitCode = verdict.findings.length === 0 ? 0 : 1
}

function describe({ lines, first, head, findings, torn }: Awaited<ReturnType<typeof verifyAudit>>): string {
  const [finding] = findings
  if (finding) {
    // With another key nothing follows anything, from the first line on.
    const otherKey = lines === 1 ? '; or the record was written with another key' : ''
    return `${finding.file}:${finding.line}: ${finding.message}${otherKey}\n`
  }
  const note = torn === 0 ? '' : `, ${torn} torn by a crash and marked as such`
  const before = first === 1 ? '' : `, from number ${first} on: older files were not given`
  return `${lines} lines, unbroken${before}${note}. The head is ${head.seq}:${head.mac}\n`
}

function parseHead(text: string): ChainHead | undefined {
  const [, seq, mac] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? []
  return mac === undefined ? undefined : { seq: Number(seq), mac }
}

/** As the configuration reads it: without the line break at its end. */
function readKey(path: string, command: Command): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    return command.error(`the key file cannot be read: ${(error as Error).message}`)
  }
}
