// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import { z } from 'zod'
import { listenAddress } from './listen-address.ts'
import { filePath, secretPattern, secretText, text } from './text.ts'

const tlsFiles = z
  .strictObject({
    cert: filePath().meta({
      description: 'PEM file with the certificate chain. Picked up when it changes.',
      examples: ['/run/tls/tls.crt'],
    }),
    key: filePath().meta({ description: 'PEM file with the private key.', examples: ['/run/tls/tls.key'] }),
    client_ca: filePath()
      .optional()
      .meta({
        description:
          'PEM file with the authorities whose client certificates are accepted; then one is required.',
        examples: ['/run/tls/ca.crt'],
      }),
  })
  .meta({ description: 'Certificate and key of the data listener.' })

const audit = z
  .strictObject({
    file: filePath()
      .optional()
      .meta({
        description: 'Where audit lines are appended; standard output when absent.',
        examples: ['./audit.jsonl'],
      }),
    required: z
      .boolean()
      .optional()
      .meta({ description: 'A call that cannot be recorded is refused with 503. Default false.' }),
    key: secretText()
      .optional()
      .meta({
        description: 'Key under which audit lines are chained. Only as a reference.',
        pattern: secretPattern,
        examples: ['${file:/run/secrets/audit-key}'],
      }),
  })
  .meta({ description: 'The record: one line for every request.' })

/** Where the admin listener is when nothing else is said: reachable from the machine itself only. */
export const defaultAdmin = '127.0.0.1:9090'

/** `gateway:` the process itself. */
export const gatewaySchema = z
  .strictObject({
    audience: text().meta({
      description: 'What inbound tokens must carry in aud, to the byte.',
      examples: ['https://gateway.internal'],
    }),
    listen: listenAddress().meta({
      description: 'Where services call. Outside loopback it needs tls, or `tls: off` in so many words.',
      examples: ['127.0.0.1:8080'],
    }),
    tls: z
      .union([
        z.literal('off').meta({ description: 'No TLS here, on purpose: something in front terminates it.' }),
        tlsFiles,
      ])
      .optional()
      .meta({ description: 'TLS of the data listener.', examples: ['off'] }),
    admin: listenAddress()
      .optional()
      .meta({
        description: 'Where health, readiness and metrics are. Default 127.0.0.1:9090.',
        examples: ['127.0.0.1:9090'],
      }),
    audit: audit.optional(),
    mode: z
      .literal('enforce')
      .optional()
      .meta({ description: 'enforce: what no rule allows is refused. The default.' }),
  })
  .meta({ description: 'The gateway itself: who it is and where it listens.' })
