import type { Command } from 'commander'

/**
 * Ends a command that has no answer with exit code 1. Why is on standard error; with `--json` it is the one document
 * on standard output, which whoever reads it waits for.
 *
 * @param why for machines; `ok: false` is added
 */
export function fail(text: string, why: object, command: Command): undefined {
  const { json = false } = command.opts<{ json?: boolean }>()
  if (json) process.stdout.write(`${JSON.stringify({ ok: false, ...why }, null, 2)}\n`)
  else process.stderr.write(`${text}\n`)
  process.exitCode = 1
  return undefined
}
