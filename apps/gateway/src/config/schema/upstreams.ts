// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import { z } from 'zod'
import { baseUrl } from './address.ts'
import { credentialSchema, queryParameterName, schemeName, schemesSchema } from './credential.ts'
import { duration } from './duration.ts'
import { headerName } from './header-name.ts'
import { Problem, parsed } from './problem.ts'
import { route } from './route.ts'
import { tenant } from './tenant.ts'
import { scope, text } from './text.ts'
import { resources, tokenSchema } from './token.ts'
import { consentSchema, webhookSchema } from './upstream-extras.ts'
import { breakerSchema, limitsSchema } from './upstream-limits.ts'

const timeout = duration({ minMs: 1, maxMs: 86_400_000 })

const operation = z
  .strictObject({
    route: route().meta({
      description: 'Method and path below the base URL; {name} stands for exactly one non-empty segment.',
      examples: ['GET /v1/invoices/{invoice_id}'],
    }),
    scopes: z
      .array(scope())
      .optional()
      .meta({ description: 'Scopes that a token needs for it.', examples: [['read:invoices']] }),
    audience: text()
      .optional()
      .meta({
        description: 'Audience of its tokens, in place of the upstream’s.',
        examples: ['https://api.billing.example'],
      }),
    resource: resources()
      .optional()
      .meta({ description: 'Resource indicators of its tokens (RFC 8707), in place of the upstream’s.' }),
    replay: z.enum(['never', 'on_401']).optional().meta({
      description:
        'May a request that was answered 401 be sent once more with a new token? Default: GET and HEAD.',
    }),
    destructive: z
      .boolean()
      .optional()
      .meta({ description: 'Removes or invalidates something that cannot be had back. Default false.' }),
    forbid_query: z
      .array(queryParameterName())
      .optional()
      .meta({
        description: 'Query parameters that nobody may send here, in any spelling. Default: the preset’s.',
        examples: [['include_secrets']],
      }),
    websocket: z.boolean().optional().meta({
      description:
        'A WebSocket (RFC 6455); its route is a GET, and takes nothing but handshakes. Default false.',
    }),
    scheme: schemeName()
      .optional()
      .meta({ description: 'How the credential is shown here. Default: the first scheme of the upstream.' }),
  })
  .refine(({ websocket, route: { method } }) => !websocket || method === 'GET', {
    path: ['websocket'],
    message: 'is for a GET',
    params: { hint: 'a handshake is a GET (RFC 6455 4.1): write the route as one, or remove this' },
  })
  .meta({ description: 'A named method and path.' })

/** `operations:` of an upstream, also parsed on its own, so that its faults do not wait for those beside it. */
export const operationsSchema = z.record(operationName(), operation)

const timeouts = z
  .strictObject({
    connect: timeout.optional().meta({ description: 'To connect. Default 2s.', examples: ['2s'] }),
    first_byte: timeout
      .optional()
      .meta({ description: 'To the first byte of the answer. Default 30s.', examples: ['30s'] }),
    idle: timeout.optional().meta({
      description: 'Between two pieces of the request or the answer, whoever is waited for. Default 60s.',
      examples: ['60s'],
    }),
    total: timeout.optional().meta({ description: 'For the whole call. Default 5m.', examples: ['5m'] }),
  })
  .meta({ description: 'How long this upstream may take.' })

/** One entry of `upstreams:`. */
export const upstreamSchema = z
  .strictObject({
    preset: text()
      .optional()
      .meta({
        description: 'A known upstream: its addresses, token request and operations.',
        examples: ['inbox-manager'],
      }),
    url: baseUrl()
      .optional()
      .meta({
        description: 'Base URL of the admin API. A preset may know it.',
        examples: ['https://api.billing.example'],
      }),
    tenant: tenant()
      .optional()
      .meta({
        description: 'Whose system it is, where a preset’s addresses hold the tenant.',
        examples: ['acme'],
      }),
    token: tokenSchema.optional().meta({ description: 'How a token of this upstream is obtained, or none.' }),
    credential: credentialSchema,
    schemes: schemesSchema.optional(),
    consent: consentSchema.optional(),
    webhook: webhookSchema.optional(),
    operations: operationsSchema.optional().meta({
      description: 'Operations by name, beside those of the preset or in place of one with that name.',
    }),
    headers: z
      .array(headerName())
      .min(1)
      .optional()
      .meta({
        description: 'Request header fields of the caller that this upstream gets beside the usual ones.',
        examples: [['x-tenant-id']],
      }),
    timeouts: timeouts.optional(),
    limits: limitsSchema.optional(),
    breaker: breakerSchema.optional().meta({
      description: 'After how many failed calls it is left alone for a moment; `off`: never.',
      examples: ['off'],
    }),
  })
  .meta({ description: 'An admin API outside.' })

function operationName(): z.ZodType<string, string> {
  return parsed((name) =>
    /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(name) && name.length <= 128
      ? name
      : new Problem('is no name for an operation', 'use dotted groups with the verb last: invoices.read'),
  )
}
