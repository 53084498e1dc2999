import { execFileSync } from 'node:child_process'

/** What is being tested, published or deployed. */
export interface Revision {
  /** The commit: the same content gets the same version, and a version has one content. */
  readonly version: string
  readonly branch: string
}

/**
 * The revision of the checkout at `cwd`. The branch is what CI says it is, because there the checkout is detached.
 *
 * @throws {Error} it is no checkout
 */
export function currentRevision(cwd: string): Revision {
  const { GITHUB_HEAD_REF, GITHUB_REF_NAME } = process.env
  const branch = GITHUB_HEAD_REF || GITHUB_REF_NAME || git(cwd, 'rev-parse', '--abbrev-ref', 'HEAD')
  return { version: git(cwd, 'rev-parse', 'HEAD'), branch }
}

/** Runs git. @returns what it wrote, without the last line break @throws {Error} it failed */
export function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' }).trimEnd()
}
