import { closeSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type ChainHead, headOf } from './audit-chain.ts'
import { readEnd } from './line-file.ts'

/**
 * Renames a full file to its name with the next number behind it, `audit.jsonl.000001` and so on, so that names
 * in order are files in order. Of files of that form, only the newest `keep` are kept.
 */
export function rotate(file: string, keep: number | undefined): void {
  const numbers = numbersOf(file)
  const next = (numbers.at(-1) ?? 0) + 1
  renameSync(file, numbered(file, next))
  if (keep === undefined) return
  for (const number of numbers.concat(next).slice(0, -keep)) rmSync(numbered(file, number), { force: true })
}

/**
 * The end of the chain in the files that were rotated away, by whomever: the highest in any file whose name
 * begins with that of the record. For a record whose current file is new, or not there any more.
 */
export function headOfRotated(file: string): ChainHead | undefined {
  const names = namesBeside(file)
    .map((name) => join(dirname(file), name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
  let highest: ChainHead | undefined
  for (const path of names) {
    const head = headOfFile(path)
    if (head && head.seq > (highest?.seq ?? 0)) highest = head
  }
  return highest
}

function headOfFile(path: string): ChainHead | undefined {
  const descriptor = openSync(path, 'r')
  try {
    const { lastLine } = readEnd(descriptor)
    return lastLine === undefined ? undefined : headOf(lastLine)
  } finally {
    closeSync(descriptor)
  }
}

function namesBeside(file: string): string[] {
  return readdirSync(dirname(file)).filter((name) => name.startsWith(`${basename(file)}.`))
}

function numbersOf(file: string): number[] {
  return namesBeside(file)
    .flatMap((name) => /^\.(\d{6,})$/.exec(name.slice(basename(file).length))?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

function numbered(file: string, number: number): string {
  return `${file}.${String(number).padStart(6, '0')}`
}
