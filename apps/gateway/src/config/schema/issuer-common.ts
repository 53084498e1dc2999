import { type IssuerKind, issuerProfiles, type SignatureAlgorithm } from '@countersign/auth-core'
import { z } from 'zod'
import { secureUrl } from './address.ts'
import { duration } from './duration.ts'
import { endpointTimeouts } from './endpoint-timeouts.ts'
import { Problem, parsed } from './problem.ts'
import { filePath, text } from './text.ts'

/** Where an issuer's keys are, as the configuration says it. */
export type KeyAddress =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'file'; readonly path: string }

/** What can be said of every issuer; the defaults in words are those of its kind. */
export function commonKeys(kind: IssuerKind) {
  const { algorithms } = issuerProfiles[kind]
  return {
    algorithms: algorithmList(kind === 'jwt' ? allAlgorithms : algorithms)
      .optional()
      .meta({ description: `Signature algorithms to accept. Default ${algorithms.join(', ')}.` }),
    skew: duration({ minMs: 0, maxMs: 300_000 })
      .optional()
      .meta({
        description: 'How far the issuer’s clock may be off. Default 30s, at most 5m.',
        examples: ['30s'],
      }),
    max_lifetime: duration({ minMs: 1000, maxMs: 366 * 86_400_000 })
      .optional()
      .meta({ description: 'Longest life of a token, from iat to exp. Default 24h.', examples: ['24h'] }),
    fresh_for: duration({ minMs: 1000, maxMs: 86_400_000 })
      .optional()
      .meta({
        description:
          'How long keys are used before they are asked for again. Default 10m; what a SPIFFE bundle says itself.',
        examples: ['10m'],
      }),
    stale_for: duration({ minMs: 0, maxMs: 7 * 86_400_000 })
      .optional()
      .meta({
        description: 'How long after that known keys are used while the issuer is down. Default 1h.',
        examples: ['1h'],
      }),
    timeouts: endpointTimeouts('its key set, and the document that names it,').optional(),
    ca: filePath()
      .optional()
      .meta({
        description:
          'PEM file with the authorities behind which the keys are, in place of the public ones. Read when keys are asked for.',
        examples: ['/var/run/secrets/kubernetes.io/serviceaccount/ca.crt'],
      }),
  }
}

/** What can be said of issuers that sign plain JSON Web Tokens. */
export function tokenKeys(kind: IssuerKind) {
  const types = issuerProfiles[kind].types.map((type) => type ?? 'absent')
  return {
    ...commonKeys(kind),
    jwks: keyAddress('file:./keys/login.jwks.json')
      .optional()
      .meta({
        description:
          'Address of the key set, or file:PATH. Without it: OpenID Connect Discovery at the issuer.',
        examples: ['https://login.internal/jwks', 'file:./keys/login.jwks.json'],
      }),
    typ: z
      .array(text())
      .min(1)
      .optional()
      .meta({
        description: `Values of the typ header to accept; \`absent\` stands for none. Default ${types.join(', ')}.`,
        examples: [['absent', 'JWT', 'at+jwt']],
      }),
  }
}

/** Address of a key set or bundle: `https:`, or `file:` and a path. */
export function keyAddress(example: string): z.ZodType<KeyAddress, string> {
  return parsed((address): KeyAddress | Problem => {
    if (address.startsWith('file:')) {
      const path = address.slice('file:'.length).replace(/^\/\/(?=\/)/, '')
      return path === '' || path.startsWith('//')
        ? new Problem('names no file', `write file:PATH, as in ${example}`)
        : { kind: 'file', path }
    }
    const url = secureUrl(address)
    return url instanceof Problem ? url : { kind: 'url', url: url.href }
  })
}

const allAlgorithms: readonly SignatureAlgorithm[] = [
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
]

function algorithmList(known: readonly SignatureAlgorithm[]) {
  return z.array(z.enum(known)).min(1)
}
