// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import { z } from 'zod'
import { headerFieldName } from './header-name.ts'
import { Problem, parsed } from './problem.ts'
import { secretPattern, secretText, text } from './text.ts'

const memberName = /^[a-z][a-z0-9_]{0,63}$/

/** `credential:` of an upstream: client id and secret, and the keys that its schemes carry beside them. */
export const credentialSchema = z
  .object({
    client_id: text()
      .optional()
      .meta({
        description: 'Client id of the gateway at the upstream.',
        examples: ['${env:BILLING_CLIENT_ID}'],
      }),
    client_secret: reference('Its secret, only as a reference. Re-read when the file changes.', 'billing'),
    private_key: reference(
      'Key of private_key_jwt, PEM (PKCS 8) or JWK, only as a reference.',
      'billing-key.pem',
    ),
    key_id: text()
      .optional()
      .meta({
        description: '`kid` of private_key. Default: that of the JWK, or the key’s thumbprint.',
        examples: ['2026-01'],
      }),
    algorithm: z.enum(['ES256', 'RS256', 'PS256', 'EdDSA']).optional().meta({
      description: 'What private_key signs with. Default: what it is a key for, RS256 of an RSA key.',
    }),
    certificate: reference(
      'Client certificate and its chain in PEM, only as a reference (RFC 8705).',
      'billing.crt',
    ),
    certificate_key: reference('Private key of certificate, only as a reference.', 'billing.key'),
    workload_token: reference(
      'The gateway’s own token at its platform (workload_jwt), only as a reference.',
      'token',
    ),
  })
  .catchall(
    secretText().meta({
      description: 'A further key that one of the upstream’s schemes carries, only as a reference.',
      pattern: secretPattern,
    }),
  )
  .meta({ description: 'What the gateway is to the upstream and its token endpoint.' })

function reference(description: string, file: string) {
  return secretText()
    .optional()
    .meta({ description, pattern: secretPattern, examples: [`\${file:/run/secrets/${file}}`] })
}

const scheme = z
  .strictObject({
    authorization: z
      .union([
        z.enum(['bearer', 'basic', 'none']),
        z.strictObject({
          word: authorizationWord().meta({ description: 'The scheme’s name.', examples: ['Bearer'] }),
          member: member().meta({
            description: 'The member of `credential` behind it.',
            examples: ['api_key'],
          }),
        }),
      ])
      .meta({
        description:
          'What Authorization carries: a minted token, client id and secret, nothing, or a key behind a word.',
      }),
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

/** RFC 9110 11.1: a token. */
function authorizationWord(): z.ZodType<string, string> {
  return parsed((word) =>
    /^[A-Za-z][A-Za-z0-9-]{0,31}$/.test(word)
      ? word
      : new Problem('is no name of an authentication scheme', 'write one word: Bearer, Token, ApiKey'),
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
