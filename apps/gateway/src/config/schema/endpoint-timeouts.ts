import { z } from 'zod'
import { duration } from './duration.ts'

const timeout = duration({ minMs: 1, maxMs: 300_000 })

/** `timeouts:` of what the gateway asks on its own account: a token endpoint, a key set. */
export function endpointTimeouts(whose: string) {
  return z
    .strictObject({
      connect: timeout.optional().meta({ description: 'To connect. Default 2s.', examples: ['2s'] }),
      total: timeout.optional().meta({
        description: 'To the end of the answer, connecting included. Default 10s.',
        examples: ['10s'],
      }),
    })
    .meta({ description: `How long ${whose} may take.` })
}
