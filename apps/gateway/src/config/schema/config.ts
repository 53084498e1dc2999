import { z } from 'zod'
import { gatewaySchema } from './gateway.ts'
import { issuerSchema } from './issuers.ts'
import { serviceSchema } from './services.ts'
import { nameKey } from './text.ts'
import { upstreamName } from './upstream-name.ts'
import { upstreamSchema } from './upstreams.ts'

/** The whole of a configuration. */
export const configSchema = z
  .strictObject({
    gateway: gatewaySchema,
    issuers: z
      .record(nameKey('an issuer'), issuerSchema)
      .optional()
      .meta({ description: 'Who signs internal identities, by name.' }),
    upstreams: z
      .record(upstreamName(), upstreamSchema)
      .optional()
      .meta({ description: 'Admin APIs outside, by the name that callers put first in the path.' }),
    services: z
      .record(nameKey('a service'), serviceSchema)
      .optional()
      .meta({ description: 'Internal services and what each may do, by name.' }),
  })
  .meta({ title: 'Countersign', description: 'Configuration of the Countersign gateway.' })
