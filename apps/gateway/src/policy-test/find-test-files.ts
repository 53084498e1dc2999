import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isLeftOut, isPolicyTest } from '../config/find-files.ts'

/** Every `*.test.yaml` below a folder, or beside a file; in the order of their paths. */
export function findTestFiles(path: string): readonly string[] {
  const isFolder = statSync(path).isDirectory()
  const folder = isFolder ? path : dirname(path)
  return readdirSync(folder, { recursive: isFolder, encoding: 'utf8' })
    .filter((name) => isPolicyTest(name) && !name.split('/').some(isLeftOut))
    .sort()
    .map((name) => join(folder, name))
}
