import { z } from 'zod'
import { text } from './text.ts'

/** An issuer of this configuration and a subject of it. */
export const identitySchema = z
  .strictObject({
    issuer: text().meta({ description: 'Name of an issuer of this configuration.', examples: ['internal'] }),
    subject: exactSubject().meta({
      description: 'What sub must say, to the byte.',
      examples: ['system:serviceaccount:ops:provisioning'],
    }),
  })
  .meta({ description: 'Issuer and subject, both exact.' })

function exactSubject(): z.ZodType<string, string> {
  return text().refine((subject) => !subject.includes('*'), {
    error: 'has a "*", and a subject is compared to the byte',
    params: { hint: 'write the whole subject, one identity for each' },
  })
}
