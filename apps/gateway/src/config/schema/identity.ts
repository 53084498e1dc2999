import { type ClaimConditions, subjectPatternFlaw } from '@countersign/auth-core'
import { z } from 'zod'
import { Problem, parsed } from './problem.ts'
import { text } from './text.ts'

const claimValue = z.union([text(), z.number(), z.boolean()])
const claimConditions: z.ZodType<ClaimConditions, ClaimConditions> = z
  .lazy(() => z.record(text(), z.union([claimValue, z.array(claimValue).min(1), claimConditions])))
  .meta({ id: 'claims' })

/** Who somebody is: an issuer of this configuration, and what its tokens must say. */
export const identitySchema = z
  .strictObject({
    issuer: text().meta({ description: 'Name of an issuer of this configuration.', examples: ['internal'] }),
    subject: subjectPattern()
      .optional()
      .meta({
        description:
          'What sub must say, to the byte; "*" stands for one whole segment between ":" and "/". For SPIFFE the id.',
        examples: ['system:serviceaccount:ops:provisioning'],
      }),
    uid: text()
      .optional()
      .meta({
        description: 'Of Kubernetes: the uid of the service account, so that one made anew is another one.',
        examples: ['8d2b1a6e-3c1d-4f0e-9a57-0c8f3d1f9a11'],
      }),
    claims: claimConditions.optional().meta({
      description:
        'What claims must be, each exactly: a value, a list of values of which one will do, or a map.',
      examples: [{ repository_id: '123456', environment: 'production' }],
    }),
  })
  .meta({ description: 'Issuer, and what its tokens must say.' })

function subjectPattern(): z.ZodType<string, string> {
  return text().pipe(
    parsed((subject) => {
      const flaw = subjectPatternFlaw(subject)
      return flaw === undefined ? subject : new Problem(flaw, subjectHint)
    }),
  )
}

const subjectHint = 'write the whole subject, or "*" for one whole segment: system:serviceaccount:ops:*'
