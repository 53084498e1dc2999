import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type FoundPact, readPacts } from '../support/read-pacts.ts'
import { git } from './revision.ts'

/** Where a deployment is remembered without a broker: a tag for each environment. */
export const deployedTag = (environment: string): string => `deployed/${environment}`

/** The tags of everything that is deployed. */
export function deployedTags(root: string): string[] {
  return git(root, 'tag', '--list', deployedTag('*')).split('\n').filter(Boolean)
}

/** Whether the contracts at a tag are those of the checkout, committed: they are verified anyway. */
export function isUnchanged(root: string, tag: string): boolean {
  const tree = (at: string) => git(root, 'rev-parse', `${at}:contracts/pacts`)
  return tree(tag) === tree('HEAD') && git(root, 'status', '--porcelain', 'contracts/pacts') === ''
}

/** Lays out the contracts at a tag. @returns the folder they are in */
export function extractPacts(root: string, tag: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'deployed-pacts-'))
  const archive = execFileSync('git', ['archive', tag, 'contracts/pacts'], { cwd: root, maxBuffer: 1e9 })
  const pacts = join(folder, 'contracts/pacts')
  mkdirSync(pacts, { recursive: true })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  return pacts
}

/** The contracts that this run of provider tests is about in place of the committed ones, if any. */
export function deployedPacts(): string | undefined {
  return process.env.PACT_DIR || undefined
}

/** Notes that a provider test holds its provider to these contracts. */
export function noteVerified(contracts: readonly FoundPact[]): void {
  for (const { path } of contracts) writeFileSync(`${path}.verified`, '')
}

/** Contracts in `pacts` that no provider test has held anybody to, by the names of their files. */
export function unverifiedContracts(pacts: string): string[] {
  return readPacts(pacts)
    .filter(({ path }) => !existsSync(`${path}.verified`))
    .map(({ path }) => basename(path))
    .sort()
}
