// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import { z } from 'zod'
import { headerFieldName } from './header-name.ts'
import { Problem, parsed } from './problem.ts'
import { secretPattern, secretText, text } from './text.ts'

const memberName = /^[a-z][a-z0-9_]{0,63}$/

/** `credential:` of an upstream: client id and secret, and the keys that its schemes carry beside them. */
export const credentialSchema = z
  .object({
    client_id: text().meta({
      description: 'Client id of the gateway at the upstream.',
      examples: ['${env:BILLING_CLIENT_ID}'],
    }),
    client_secret: secretText().meta({
      description: 'Its secret, only as a reference. Re-read when the file changes.',
      pattern: secretPattern,
      examples: ['${file:/run/secrets/billing}'],
    }),
  })
  .catchall(
    secretText().meta({
      description: 'A further key that one of the upstream’s schemes carries, only as a reference.',
      pattern: secretPattern,
    }),
  )
  .meta({ description: 'What the gateway is to the upstream and its token endpoint.' })

const scheme = z
  .strictObject({
    authorization: z
      .enum(['bearer', 'basic', 'none'])
      .meta({ description: 'What Authorization carries: a minted token, client id and secret, or nothing.' }),
    query: z
      .record(queryParameterName(), member())
      .optional()
      .meta({ description: 'Query parameters, and the member of `credential` that each one carries.' }),
    headers: z
      .record(headerFieldName(), member())
      .optional()
      .meta({ description: 'Header fields, and the member of `credential` that each one carries.' }),
  })
  .meta({ description: 'A way in which the upstream takes the gateway’s credential.' })

/** `schemes:` of an upstream. */
export const schemesSchema = z.record(schemeName(), scheme).meta({
  description:
    'Ways to show the credential, by name; the first is that of operations that name none. Default: the token as Bearer.',
})

/** The name of a scheme. */
export function schemeName(): z.ZodType<string, string> {
  return parsed((name) =>
    /^[a-z0-9][a-z0-9-]{0,63}$/.test(name)
      ? name
      : new Problem('is no name for a scheme', 'use lower-case letters, digits and "-"'),
  )
}

function member(): z.ZodType<string, string> {
  return parsed((name) =>
    memberName.test(name)
      ? name
      : new Problem(
          'is no member of a credential',
          'name one, as in api_key; its value stands under credential',
        ),
  )
}

/** The name of a query parameter. */
export function queryParameterName(): z.ZodType<string, string> {
  return parsed((name) =>
    /^[A-Za-z0-9._~-]{1,64}$/.test(name)
      ? name
      : new Problem('is no name for a query parameter', 'use letters, digits and -._~'),
  )
}
