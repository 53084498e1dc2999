import { parseRateLimit, type RateLimit } from '@countersign/auth-core'
import { z } from 'zod'
import { duration } from './duration.ts'
import { identitySchema } from './identity.ts'
import { mode } from './mode.ts'
import { Problem, parsed } from './problem.ts'
import { scope, text } from './text.ts'
import { resources } from './token.ts'

const rule = z
  .strictObject({
    upstream: text().meta({
      description: 'Name of an upstream of this configuration.',
      examples: ['inbox-manager'],
    }),
    operations: z
      .array(operationPattern())
      .min(1)
      .meta({
        description: 'Operations by name, or by group: accounts.*',
        examples: [['users.create', 'accounts.*']],
      }),
    audience: text()
      .optional()
      .meta({
        description: 'Audience to ask for in place of the upstream’s.',
        examples: ['https://api.billing.example'],
      }),
    resource: resources()
      .optional()
      .meta({ description: 'Resource indicators (RFC 8707) to ask for in place of the upstream’s.' }),
    scopes: z
      .array(scope())
      .min(1)
      .optional()
      .meta({
        description: 'Narrows the scopes that the operations need; cannot add to them.',
        examples: [['read:invoices']],
      }),
    when: condition()
      .optional()
      .meta({
        description:
          'A condition in CEL over identity, request and now. False, or not to be evaluated: the rule does not match.',
        examples: ['request.body.role in ["viewer", "member"]'],
      }),
    limit: limit()
      .optional()
      .meta({
        description:
          'Calls in a window, counted by service and rule; beyond it 429. Per second, minute, hour or day.',
        examples: ['60/minute'],
      }),
    release: z
      .literal('token')
      .optional()
      .meta({
        description:
          'token: a service may obtain the token itself, by token exchange (RFC 8693) at /oauth2/token. Default: it never leaves the gateway.',
        examples: ['token'],
      }),
    release_max_lifetime: duration({ minMs: 60_000, maxMs: 7 * 86_400_000 })
      .optional()
      .meta({
        description: 'A token that the vendor lets live longer is not released. Default 1h.',
        examples: ['1h'],
      }),
    mode: mode()
      .optional()
      .meta({
        description:
          'shadow: what the rule’s condition refuses goes through, recorded. Default: the service’s.',
        examples: ['shadow'],
      }),
  })
  .meta({ description: 'What is allowed. The first rule that fits decides; what no rule allows is refused.' })

/** One entry of `services:`. */
export const serviceSchema = z
  .strictObject({
    identities: z
      .array(identitySchema)
      .min(1)
      .meta({ description: 'Who this service is. Each identity belongs to one service only.' }),
    mode: mode()
      .optional()
      .meta({
        description: 'shadow: what no rule allows goes through, recorded. Default: the gateway’s.',
        examples: ['shadow'],
      }),
    allow: z.array(rule).meta({ description: 'Rules, read in order. An empty list allows nothing.' }),
  })
  .meta({ description: 'An internal workload and what it may do.' })

/** Any text: what is wrong with a condition is found when the rules are compiled against the operations. */
function condition(): z.ZodType<string, string> {
  return parsed((source) =>
    source.trim() === ''
      ? new Problem('is empty', 'leave `when` out for a rule without a condition')
      : source,
  )
}

function limit(): z.ZodType<RateLimit, string> {
  return parsed(
    (source) =>
      parseRateLimit(source) ??
      new Problem('is not a limit', 'write calls and window: 60/minute; second, minute, hour or day'),
  )
}

function operationPattern(): z.ZodType<string, string> {
  return parsed((pattern) => {
    if (pattern === '*' || pattern === '*.*') {
      return new Problem('would allow every operation there is', 'name operations or groups: accounts.*')
    }
    return /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\.\*)?$/.test(pattern)
      ? pattern
      : new Problem(
          'is neither an operation nor a group',
          'write users.create for one, accounts.* for all whose names begin with accounts.',
        )
  })
}
