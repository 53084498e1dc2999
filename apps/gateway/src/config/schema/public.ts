// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import { z } from 'zod'
import { baseUrl } from './address.ts'
import { listenAddress } from './listen-address.ts'
import { secretPattern, secretText } from './text.ts'
import { tlsSchema } from './tls.ts'

/** `gateway.public:` */
export const publicSchema = z
  .strictObject({
    listen: listenAddress().meta({
      description: 'Where it listens. Outside loopback it needs tls, or `tls: off` in so many words.',
      examples: ['0.0.0.0:8443'],
    }),
    url: baseUrl().meta({
      description: 'Where browsers and vendors reach it. Return addresses begin with it, to the byte.',
      examples: ['https://gateway.example'],
    }),
    tls: tlsSchema.optional().meta({ description: 'TLS of the public listener.', examples: ['off'] }),
    signing_key: secretText()
      .optional()
      .meta({
        description:
          'P-256 private key (PKCS 8, PEM) that signs what is forwarded from webhooks; only as a reference. Without it a new one is made at every start.',
        pattern: secretPattern,
        examples: ['${file:/run/secrets/signing-key.pem}'],
      }),
  })
  .meta({
    description: 'What may face the internet: consent callbacks, webhooks, the key set. Nothing else.',
  })
