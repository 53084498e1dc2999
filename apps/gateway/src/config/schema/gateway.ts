// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import { z } from 'zod'
import { baseUrl, originUrl } from './address.ts'
import { duration } from './duration.ts'
import { identitySchema } from './identity.ts'
import { listenAddress } from './listen-address.ts'
import { mode } from './mode.ts'
import { publicSchema } from './public.ts'
import { storeSchema } from './store.ts'
import { filePath, secretPattern, secretText, text } from './text.ts'
import { tlsSchema } from './tls.ts'

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
    max_bytes: z
      .int()
      .min(1024)
      .optional()
      .meta({
        description:
          'A file of this length is renamed to FILE.000001 and so on, and a new one begun. Default: never.',
        examples: [104_857_600],
      }),
    keep: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'How many renamed files are kept. Default: all.', examples: [30] }),
    fsync: z.boolean().optional().meta({
      description: 'Wait for the disk before a call is answered: survives a loss of power. Default false.',
    }),
  })
  .meta({ description: 'The record: one line for every request.' })

const span = duration({ minMs: 1_000, maxMs: 3_600_000 }).optional()

const timeouts = z
  .strictObject({
    head: span.meta({
      description: 'For a header section to arrive, and for a TLS handshake. Default 15s.',
      examples: ['15s'],
    }),
    request: span.meta({
      description: 'For a whole request to arrive, its body included. Default 5m.',
      examples: ['5m'],
    }),
    idle: span.meta({
      description:
        'How long a connection stays open without a request, and while its caller takes nothing of an answer of the gateway’s own. Default 65s.',
      examples: ['65s'],
    }),
  })
  .meta({ description: 'How long callers may take, at every listener.' })

/** Where the admin listener is when nothing else is said: reachable from the machine itself only. */
export const defaultAdmin = '127.0.0.1:9090'

/** `gateway:` the process itself. */
export const gatewaySchema = z
  .strictObject({
    audience: text().meta({
      description: 'What inbound tokens must carry in aud, to the byte.',
      examples: ['https://gateway.internal'],
    }),
    url: originUrl()
      .optional()
      .meta({
        description:
          'Scheme, host and port at which services reach the data listener: what metadata says. Default: the audience, where that is such an address.',
        examples: ['https://gateway.internal:8080'],
      }),
    listen: listenAddress().meta({
      description: 'Where services call. Outside loopback it needs tls, or `tls: off` in so many words.',
      examples: ['127.0.0.1:8080'],
    }),
    tls: tlsSchema.optional().meta({ description: 'TLS of the data listener.', examples: ['off'] }),
    admin: listenAddress()
      .optional()
      .meta({
        description: 'Where health, readiness and metrics are. Default 127.0.0.1:9090.',
        examples: ['127.0.0.1:9090'],
      }),
    admin_url: baseUrl()
      .optional()
      .meta({
        description:
          'Where operators reach the admin listener when something in front of it terminates TLS: the decision point’s name in its metadata.',
        examples: ['https://gateway-admin.internal'],
      }),
    public: publicSchema.optional(),
    timeouts: timeouts.optional(),
    operators: z
      .array(identitySchema)
      .min(1)
      .optional()
      .meta({ description: 'Who may use the admin listener beyond probes and metrics.' }),
    store: storeSchema.optional(),
    audit: audit.optional(),
    mode: mode()
      .optional()
      .meta({
        description:
          'enforce: what no rule allows is refused. shadow: it goes through, recorded as a would-be denial. Default enforce.',
        examples: ['enforce'],
      }),
  })
  .meta({ description: 'The gateway itself: who it is and where it listens.' })
