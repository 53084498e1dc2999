import { Secret } from '@countersign/auth-core'
import { verifyAudit } from '../../src/record/verify-audit.ts'
import type { Ledger } from './ledger.ts'
import { recordFiles } from './record-files.ts'
import { upstreamNames, type World } from './world.ts'

/** What the record came to. */
export interface CheckedRecord {
  readonly lines: number
  readonly files: number
  readonly torn: number
  readonly violations: readonly string[]
}

/** The chain is whole over all files, every answer is in it once, and nothing reached an upstream without it. */
export async function checkRecord(world: World, ledger: Ledger): Promise<CheckedRecord> {
  const files = recordFiles(world.folder)
  const { lines, findings, torn } = await verifyAudit(files, new Secret(world.auditKey))
  const upstreams = upstreamNames.map((name) => world.suppliers[name].upstream)
  const changes = upstreams.map((upstream) => upstream.changes)
  const violations = [
    ...findings.map(({ line, message }) => `record, line ${line}: ${message}`),
    ...(await ledger.compare(files, changes)),
    ...upstreams.flatMap((upstream) => upstream.violations),
  ]
  return { lines, files: files.length, torn, violations }
}
