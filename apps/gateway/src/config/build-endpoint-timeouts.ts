import type { z } from 'zod'
import type { EndpointTimeouts } from './loaded-config.ts'
import type { endpointTimeouts } from './schema/endpoint-timeouts.ts'

/** How long an endpoint may take, with the defaults. */
export function buildEndpointTimeouts(
  parsed: z.output<ReturnType<typeof endpointTimeouts>> | undefined,
): EndpointTimeouts {
  return Object.freeze({ connectMs: parsed?.connect ?? 2_000, totalMs: parsed?.total ?? 10_000 })
}
