import { z } from 'zod'
import { Problem, parsed } from './problem.ts'
import { scope, text } from './text.ts'

const identity = z
  .strictObject({
    issuer: text().meta({ description: 'Name of an issuer of this configuration.', examples: ['internal'] }),
    subject: exactSubject().meta({
      description: 'What sub must say, to the byte.',
      examples: ['system:serviceaccount:ops:provisioning'],
    }),
  })
  .meta({ description: 'Issuer and subject, both exact.' })

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
    scopes: z
      .array(scope())
      .min(1)
      .optional()
      .meta({
        description: 'Narrows the scopes that the operations need; cannot add to them.',
        examples: [['read:invoices']],
      }),
  })
  .meta({ description: 'What is allowed. The first rule that fits decides; what no rule allows is refused.' })

/** One entry of `services:`. */
export const serviceSchema = z
  .strictObject({
    identities: z
      .array(identity)
      .min(1)
      .meta({ description: 'Who this service is. Each identity belongs to one service only.' }),
    allow: z.array(rule).meta({ description: 'Rules, read in order. An empty list allows nothing.' }),
  })
  .meta({ description: 'An internal workload and what it may do.' })

function exactSubject(): z.ZodType<string, string> {
  return text().refine((subject) => !subject.includes('*'), {
    error: 'has a "*", and a subject is compared to the byte',
    params: { hint: 'write the whole subject, one identity for each' },
  })
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
