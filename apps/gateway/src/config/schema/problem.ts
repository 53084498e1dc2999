import { z } from 'zod'

/** Why a value is refused, and how to mend it. */
export class Problem {
  readonly message: string
  readonly hint: string

  constructor(message: string, hint: string) {
    this.message = message
    this.hint = hint
  }
}

/**
 * A scalar that is text in YAML and something better inside. The parser returns the ready value or a
 * {@link Problem}; the published JSON Schema shows plain text, since `${env:NAME}` may stand in its place.
 *
 * A message must not repeat the value: it may have come from a secret file by mistake.
 */
export function parsed<T>(parse: (text: string) => T | Problem): z.ZodType<T, string> {
  return z
    .string()
    .min(1)
    .transform((text, context) => {
      const result = parse(text)
      if (!(result instanceof Problem)) return result
      context.addIssue({ code: 'custom', message: result.message, params: { hint: result.hint } })
      return z.NEVER
    })
}
