import type { ServerResponse } from 'node:http'

/** A chunk up to this length is worth copying, in bytes. */
const mostCopied = 4 * 1024

/**
 * Ends an answer with what was held back of it. A short rest goes as text of one byte a character, which
 * leaves in one piece with a header section that is still here: one write instead of a gathered one.
 */
export function endAnswer(res: ServerResponse, rest: Buffer | undefined): void {
  if (rest && rest.length <= mostCopied) res.end(rest.toString('latin1'), 'latin1')
  else res.end(rest)
}
