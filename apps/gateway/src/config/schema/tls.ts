import { z } from 'zod'
import { filePath } from './text.ts'

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
          'PEM file with authorities of client certificates. Data listener: a certificate is asked for, for tokens that are bound to one. Public listener: one is required.',
        examples: ['/run/tls/ca.crt'],
      }),
  })
  .meta({ description: 'Certificate and key of a listener.' })

/** TLS of a listener, or that there is none on purpose. */
export const tlsSchema = z.union([
  z.literal('off').meta({ description: 'No TLS here, on purpose: something in front terminates it.' }),
  tlsFiles,
])
