import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The files of a world's record, oldest first. Their order is that of their first lines: the gateway names some of
 * them, and whoever makes trouble others. What is no file, as a full disk's stand-in, is none of them.
 */
export function recordFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('audit.jsonl'))
    .map((name) => join(folder, name))
    .filter((path) => lstatSync(path).isFile())
    .map((path) => ({ path, first: firstNumberOf(path) }))
    .sort((a, b) => a.first - b.first)
    .map(({ path }) => path)
}

/** Infinite for a file in which no line is whole. */
function firstNumberOf(path: string): number {
  const descriptor = openSync(path, 'r')
  const start = Buffer.alloc(64 * 1024)
  const length = readSync(descriptor, start)
  closeSync(descriptor)
  return Number(/"seq":(\d+),"mac":/.exec(start.toString('utf8', 0, length))?.[1] ?? Number.POSITIVE_INFINITY)
}
