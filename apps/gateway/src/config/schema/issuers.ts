import { z } from 'zod'
import { secureUrl } from './address.ts'
import { duration } from './duration.ts'
import { Problem, parsed } from './problem.ts'
import { text } from './text.ts'

/** Where an issuer's keys are, as the configuration says it. */
export type KeyAddress =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'file'; readonly path: string }

const algorithm = z.enum([
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
])

/** One entry of `issuers:`. */
export const issuerSchema = z
  .strictObject({
    kind: z.literal('jwt').meta({ description: 'jwt: any issuer of signed tokens whose keys are public.' }),
    issuer: text().meta({
      description: 'What iss must say, to the byte. Without jwks also where discovery begins.',
      examples: ['https://login.internal'],
    }),
    jwks: keyAddress()
      .optional()
      .meta({
        description:
          'Address of the key set, or file:PATH. Without it: OpenID Connect Discovery at the issuer.',
        examples: ['https://login.internal/jwks', 'file:./keys/login.jwks.json'],
      }),
    algorithms: z
      .array(algorithm)
      .min(1)
      .optional()
      .meta({ description: 'Signature algorithms to accept. Default RS256, PS256, ES256, ES384, EdDSA.' }),
    typ: z
      .array(text())
      .min(1)
      .optional()
      .meta({
        description:
          'Values of the typ header to accept; `absent` stands for none. Default absent, JWT, at+jwt.',
        examples: [['absent', 'JWT', 'at+jwt']],
      }),
    skew: duration({ minMs: 0, maxMs: 300_000 })
      .optional()
      .meta({
        description: 'How far the issuer’s clock may be off. Default 30s, at most 5m.',
        examples: ['30s'],
      }),
    max_lifetime: duration({ minMs: 1000, maxMs: 366 * 86_400_000 })
      .optional()
      .meta({ description: 'Longest life of a token, from iat to exp. Default 24h.', examples: ['24h'] }),
    stale_for: duration({ minMs: 0, maxMs: 7 * 86_400_000 })
      .optional()
      .meta({
        description: 'How long known keys are used while the issuer is down. Default 1h.',
        examples: ['1h'],
      }),
  })
  .meta({ description: 'Who signs the identities of internal services.' })

function keyAddress(): z.ZodType<KeyAddress, string> {
  return parsed((address): KeyAddress | Problem => {
    if (address.startsWith('file:')) {
      const path = address.slice('file:'.length).replace(/^\/\/(?=\/)/, '')
      return path === '' || path.startsWith('//')
        ? new Problem('names no file', 'write file:PATH, as in file:./keys/login.jwks.json')
        : { kind: 'file', path }
    }
    const url = secureUrl(address)
    return url instanceof Problem ? url : { kind: 'url', url: url.href }
  })
}
