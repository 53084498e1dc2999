import type { z } from 'zod'
import { Problem, parsed } from './problem.ts'

/** The gateway's own paths begin with these. */
const reserved: ReadonlySet<string> = new Set(['oauth2', 'hooks', 'connect'])

/** An upstream's name is the first segment of a path and a label of a host name (RFC 1123 2.1). */
export function upstreamName(): z.ZodType<string, string> {
  return parsed((name) => {
    if (reserved.has(name) || name.startsWith('.')) {
      return new Problem('is reserved for the gateway’s own paths', 'choose another name for this upstream')
    }
    return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)
      ? name
      : new Problem(
          'is no name for an upstream',
          'use lower-case letters, digits and "-" inside, at most 63: it is part of URLs and host names',
        )
  })
}
