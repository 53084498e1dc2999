// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import { z } from 'zod'
import { Problem, parsed } from './problem.ts'

/** Text that means exactly itself: not empty, no wildcard, nothing invisible at its ends. */
export function text(): z.ZodType<string, string> {
  return parsed((value) => {
    if (value === '*') {
      return new Problem('"*" is refused: nothing here means everything', 'name what is meant')
    }
    if (value.trim() !== value || /\p{Cc}/u.test(value)) {
      return new Problem('has a control character, or white space at an end', 'remove it')
    }
    return value
  })
}

/**
 * A secret. Validated as text here; that it is written as a reference and nothing else is checked where it
 * is wrapped, since only the source shows it.
 */
export function secretText(): z.ZodString {
  return z.string().min(1)
}

/** What a published schema says about a secret. */
export const secretPattern = String.raw`^\$\{(env|file):[^}]+\}$`

/** A name of something in this configuration: it appears in metrics and logs. */
export function nameKey(what: string): z.ZodType<string, string> {
  return parsed((name) =>
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)
      ? name
      : new Problem(
          `is no name for ${what}`,
          'use letters, digits, ".", "_" and "-", a letter or digit first, at most 64',
        ),
  )
}

/** Where a file is. References are for values; a path is a path. */
export function filePath(): z.ZodType<string, string> {
  return parsed((path) =>
    /\p{Cc}/u.test(path)
      ? new Problem(
          'is not a path: it holds a line break',
          'give the path itself, without ${file:…} around it',
        )
      : path,
  )
}

/** A scope (RFC 6749 3.3): visible ASCII without space, quote and backslash. */
export function scope(): z.ZodType<string, string> {
  return parsed((value) => {
    if (value === '*') return new Problem('"*" is refused as a scope', 'list the scopes that are needed')
    if (/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value)) return value
    return new Problem('is not one scope (RFC 6749 3.3)', 'write each scope as an item of its own: [a, b]')
  })
}
