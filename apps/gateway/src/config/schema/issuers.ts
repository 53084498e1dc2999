import { isTrustDomain } from '@countersign/auth-core'
import { z } from 'zod'
import { commonKeys, keyAddress, tokenKeys } from './issuer-common.ts'
import { Problem, parsed } from './problem.ts'
import { filePath, text } from './text.ts'

export type { KeyAddress } from './issuer-common.ts'

/** Who signs the tokens of GitHub's own runners. */
export const githubIssuer = 'https://token.actions.githubusercontent.com'

const jwt = z.strictObject({
  kind: z.literal('jwt').meta({ description: 'jwt: any issuer of signed tokens whose keys are public.' }),
  issuer: issuerUrl('https://login.internal'),
  ...tokenKeys('jwt'),
})

const kubernetes = z.strictObject({
  kind: z.literal('kubernetes').meta({ description: 'kubernetes: service-account tokens of a cluster.' }),
  issuer: issuerUrl('https://kubernetes.default.svc.cluster.local'),
  ...tokenKeys('kubernetes'),
  token_file: filePath()
    .optional()
    .meta({
      description:
        'File with the token that is shown when keys are asked for. Read each time, so that a rotated one is used.',
      examples: ['/var/run/secrets/kubernetes.io/serviceaccount/token'],
    }),
})

const spiffe = z.strictObject({
  kind: z.literal('spiffe').meta({
    description: 'spiffe: workloads of a trust domain, by JWT-SVID or, with gateway.tls, by X.509-SVID.',
  }),
  trust_domain: trustDomain().meta({
    description: 'Name of the trust domain: what its SPIFFE IDs begin with.',
    examples: ['prod.example'],
  }),
  bundle: keyAddress('file:./prod.bundle.json').meta({
    description:
      'Address of the trust domain’s SPIFFE bundle, or file:PATH; a PEM file holds authorities of X.509-SVIDs only.',
    examples: ['https://spire.internal/bundle', 'file:./prod.bundle.json'],
  }),
  ...commonKeys('spiffe'),
})

const githubActions = z.strictObject({
  kind: z.literal('github-actions').meta({ description: 'github-actions: workflow runs at GitHub.' }),
  issuer: issuerUrl(githubIssuer)
    .optional()
    .meta({
      description: `What iss must say. Default ${githubIssuer}; another one for an enterprise of your own.`,
      examples: [githubIssuer],
    }),
  ...tokenKeys('github-actions'),
})

/** One entry of `issuers:`. */
export const issuerSchema = z
  .discriminatedUnion('kind', [jwt, kubernetes, spiffe, githubActions])
  .meta({ description: 'Who signs the identities of internal services.' })

function issuerUrl(example: string): z.ZodType<string, string> {
  return text().meta({
    description: 'What iss must say, to the byte. Without jwks also where discovery begins.',
    examples: [example],
  })
}

function trustDomain(): z.ZodType<string, string> {
  return parsed((name) =>
    isTrustDomain(name)
      ? name
      : new Problem(
          'is no trust domain',
          'give the name alone, lower case, without spiffe:// and without a path: prod.example',
        ),
  )
}
