import type { z } from 'zod'
import { Problem, parsed } from './problem.ts'

/**
 * What a preset puts into host names: one label (RFC 1123 2.1), or several with dots between them where a
 * tenant lives in a region.
 */
export function tenant(): z.ZodType<string, string> {
  return parsed((text) =>
    text.length <= 128 && text.split('.').every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
      ? text
      : new Problem(
          'is no part of a host name',
          'use lower-case letters, digits and "-" inside, with a "." where the upstream has regions: acme, acme.eu',
        ),
  )
}
