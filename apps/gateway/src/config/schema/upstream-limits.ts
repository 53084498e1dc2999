import { z } from 'zod'
import { duration } from './duration.ts'

const count = (max: number) => z.int().min(1).max(max)

/** `limits:` of an upstream. */
export const limitsSchema = z
  .strictObject({
    concurrency: count(10_000)
      .optional()
      .meta({ description: 'Calls at a time. Default 128.', examples: [128] }),
    queue: z
      .int()
      .min(0)
      .max(100_000)
      .optional()
      .meta({
        description: 'Callers that may wait for a place or for the token; more are refused. Default 512.',
        examples: [512],
      }),
    wait: duration({ minMs: 1, maxMs: 300_000 })
      .optional()
      .meta({ description: 'How long one waits for a place. Default 10s.', examples: ['10s'] }),
  })
  .meta({ description: 'How much of the gateway this upstream may take.' })

const breaker = z
  .strictObject({
    failures: count(10_000)
      .optional()
      .meta({
        description: 'Failed calls in a row after which the upstream is left alone. Default 10.',
        examples: [10],
      }),
    pause: duration({ minMs: 10, maxMs: 3_600_000 })
      .optional()
      .meta({ description: 'Until one call tries it again. Default 10s.', examples: ['10s'] }),
    statuses: z
      .array(z.int().min(500).max(599))
      .optional()
      .meta({
        description: 'Statuses of its answers that count as failed calls. Default: none.',
        examples: [[502, 503, 504]],
      }),
  })
  .meta({ description: 'When this upstream is left alone for a while.' })

/** `breaker:` of an upstream. */
export const breakerSchema = z.union([z.literal('off'), breaker])
