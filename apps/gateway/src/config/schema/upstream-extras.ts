// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import { z } from 'zod'
import { baseUrl, resourceUrl } from './address.ts'
import { duration } from './duration.ts'
import { scope, secretPattern, secretText, text } from './text.ts'

/** `consent:` of an upstream whose token comes of an administrator's consent. */
export const consentSchema = z
  .strictObject({
    scopes: z
      .array(scope())
      .min(1)
      .optional()
      .meta({
        description: 'What the administrator is asked for. Default: what the allowed operations need.',
        examples: [['Mail.Read']],
      }),
    alias: baseUrl()
      .optional()
      .meta({
        description: 'The upstream under a host name of your own, for the administrator’s browser.',
        examples: ['https://aurinko.acme.example'],
      }),
  })
  .meta({ description: 'How consent is asked for.' })

/** `webhook:` of an upstream that delivers events. */
export const webhookSchema = z
  .strictObject({
    secret: secretText().meta({
      description: 'What deliveries are signed with; only as a reference.',
      pattern: secretPattern,
      examples: ['${file:/run/secrets/faable-webhook}'],
    }),
    forward_to: resourceUrl().meta({
      description: 'The internal service that gets what was verified.',
      examples: ['https://events.internal/faable'],
    }),
    audience: text().meta({
      description: 'Audience of the assertion that the service gets with it, to the byte.',
      examples: ['https://events.internal'],
    }),
    timeout: duration({ minMs: 1, maxMs: 60_000 })
      .optional()
      .meta({
        description: 'How long the service may take to answer, connecting included. Default 4s.',
        examples: ['4s'],
      }),
  })
  .meta({ description: 'Verified deliveries of this upstream, and who gets them.' })
