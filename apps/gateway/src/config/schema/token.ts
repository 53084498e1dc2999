import { extraParameterProblem } from '@countersign/auth-core'
import { z } from 'zod'
import { resourceUrl } from './address.ts'
import { duration } from './duration.ts'
import { endpointTimeouts } from './endpoint-timeouts.ts'
import { Problem, parsed } from './problem.ts'
import { text } from './text.ts'

/** How a token of an upstream is obtained. */
const tokenRequest = z
  .strictObject({
    grant_type: z
      .enum(['client_credentials', 'token_exchange', 'urn:ietf:params:oauth:grant-type:token-exchange'])
      .optional()
      .meta({
        description:
          'client_credentials (RFC 6749 4.4), or token_exchange (RFC 8693): the caller’s own token is the subject token. Default client_credentials.',
      }),
    endpoint: resourceUrl()
      .optional()
      .meta({
        description: 'Address of the token endpoint. A preset may know it, or the metadata of `issuer`.',
        examples: ['https://auth.billing.example/oauth2/token'],
      }),
    issuer: issuer()
      .optional()
      .meta({
        description: 'Authorization server whose metadata names the endpoint (RFC 8414), to the byte.',
        examples: ['https://auth.billing.example'],
      }),
    fallback_endpoint: resourceUrl()
      .optional()
      .meta({
        description: 'Asked when `endpoint` answers 404 or 405; whichever works is remembered.',
        examples: ['https://auth.billing.example/oauth/token'],
      }),
    client_auth: z
      .enum([
        'client_secret_basic',
        'client_secret_post',
        'private_key_jwt',
        'tls_client_auth',
        'workload_jwt',
      ])
      .optional()
      .meta({ description: 'How the gateway proves who it is. Default client_secret_basic.' }),
    assertion_audience: text()
      .optional()
      .meta({
        description: '`aud` of the assertions of private_key_jwt. Default: `issuer`, or else the endpoint.',
        examples: ['https://auth.billing.example'],
      }),
    subject_token_type: z.enum(['jwt', 'access_token']).optional().meta({
      description: 'What the caller’s token is called in an exchange (RFC 8693 3). Default jwt.',
    }),
    body: z
      .enum(['form', 'json'])
      .optional()
      .meta({ description: 'How the token request is written. Default form, as RFC 6749 wants it.' }),
    audience: text()
      .optional()
      .meta({
        description: 'Audience that is asked for, to the byte. An operation or a rule may name another one.',
        examples: ['https://api.billing.example'],
      }),
    resource: resources()
      .optional()
      .meta({
        description: 'Resource indicators (RFC 8707). An operation or a rule may name others.',
        examples: [['https://api.billing.example/']],
      }),
    parameters: z.record(parameterName(), text()).optional().meta({
      description: 'Further parameters of the token request; what the gateway sets itself is refused.',
    }),
    certificate_bound: z.boolean().optional().meta({
      description:
        'Calls show the client certificate as well (RFC 8705 3), even where a token does not say that it is bound. Default false.',
    }),
    max_lifetime: duration({ minMs: 10_000, maxMs: 86_400_000 })
      .optional()
      .meta({
        description: 'Longest life that is wanted of a token. Default: any, used up to 24h.',
        examples: ['1h'],
      }),
    timeouts: endpointTimeouts('the token endpoint, and whatever names it,').optional(),
    strict: z.boolean().optional().meta({
      description: 'Refuse a token whose scopes, audience or life differ from what was asked. Default false.',
    }),
  })
  .meta({ description: 'How a token of this upstream is obtained.' })

/** `token:` of an upstream. */
export const tokenSchema = z.union([
  z.literal('none').meta({ description: 'No token at all: `schemes` show what stands under `credential`.' }),
  tokenRequest,
])

/** One or more resource indicators; sorted, each once. */
export function resources() {
  return z
    .union([resourceIndicator(), z.array(resourceIndicator()).min(1)])
    .transform((given) => [...new Set([given].flat())].sort())
}

/** RFC 8707 2: an absolute URI without a fragment. */
function resourceIndicator(): z.ZodType<string, string> {
  return parsed((value) =>
    URL.canParse(value) && !/[#\s]/.test(value)
      ? value
      : new Problem('is no resource indicator (RFC 8707 2)', 'write an absolute URI without a fragment'),
  )
}

/** Kept to the byte: it is compared with what the metadata says. */
function issuer(): z.ZodType<string, string> {
  const address = resourceUrl()
  return parsed((value) => {
    const result = address.safeParse(value)
    if (result.success && !value.includes('?')) return value
    return new Problem('is no issuer (RFC 8414 2)', 'write its https: address, without a query or a fragment')
  })
}

function parameterName(): z.ZodType<string, string> {
  return parsed((name) => {
    const problem = extraParameterProblem(name)
    return problem === undefined ? name : new Problem('is set by the gateway itself', problem)
  })
}
