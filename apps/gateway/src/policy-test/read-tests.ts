import { resolve } from 'node:path'
import { decodeText } from '../config/decode-text.ts'
import { Disk } from '../config/disk.ts'
import { findTestFiles } from './find-test-files.ts'
import { type PolicyTest, parseTests, TestFileError } from './test-file.ts'

/**
 * Reads every test of a configuration. A file that cannot be used is never passed over.
 *
 * @throws {TestFileError} with what is wrong with all of the files
 */
export function readTests(path: string): readonly PolicyTest[] {
  const disk = new Disk()
  const problems: string[] = []
  const tests = findTestFiles(path).flatMap((file) => {
    try {
      return parseTests(file, readText(file, disk))
    } catch (error) {
      if (!(error instanceof TestFileError)) throw error
      problems.push(...error.problems)
      return []
    }
  })
  if (problems.length > 0) throw new TestFileError(problems)
  return tests
}

function readText(file: string, disk: Disk): string {
  try {
    return decodeText(disk.read(resolve(file)))
  } catch (error) {
    throw new TestFileError([`${file}:1:1: cannot be read: ${(error as Error).message}`])
  }
}
