import { resolve } from 'node:path'
import type { CheckContext } from './check-context.ts'
import type { Disk } from './disk.ts'
import type { Path } from './located.ts'

/** What ready values are made with. */
export interface BuildContext extends CheckContext {
  /** What relative paths start from. */
  readonly folder: string
  /** A file's text; when it cannot be read, `undefined` and a fault at the path that names it. */
  readonly readText: (file: string, path: Path) => string | undefined
  /** A fault where there is no such file. It is not read, and what becomes of its content is no change. */
  readonly expectFile: (file: string, path: Path) => void
}

/** Where files are read from. */
export interface BuildFiles {
  readonly folder: string
  readonly disk: Disk
  /** Files that cannot be read are no faults. */
  readonly policyOnly?: boolean | undefined
}

/** Adds the reading of files to what a configuration is checked with. */
export function createBuildContext(
  context: CheckContext,
  { folder, disk, policyOnly }: BuildFiles,
): BuildContext {
  function report(file: string, path: Path, why: string): void {
    if (policyOnly) return
    context.faults.add(context.root, {
      path,
      message: `names the file ${resolve(folder, file)}: ${why}`,
      hint: 'create it, or correct the path; a relative path starts at the configuration’s folder',
    })
  }
  return {
    ...context,
    folder,
    readText(file, path) {
      try {
        return disk.read(resolve(folder, file)).toString('utf8')
      } catch (error) {
        report(file, path, error instanceof Error ? error.message : 'unreadable')
        return undefined
      }
    },
    expectFile(file, path) {
      if (disk.kind(resolve(folder, file)) !== 'file') report(file, path, 'there is no such file')
    },
  }
}
