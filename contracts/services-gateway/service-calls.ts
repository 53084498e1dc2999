import { accountsTeam } from './accounts-team.ts'
import { partnersTeam } from './partners-team.ts'
import type { ServiceCall } from './service-call.ts'
import { supportTeam } from './support-team.ts'
import { workplaceTeam } from './workplace-team.ts'

/** What every service of `examples/platform` calls, by its name there. */
export const serviceCalls: ReadonlyMap<string, readonly ServiceCall[]> = new Map(
  Object.entries({ ...accountsTeam, ...partnersTeam, ...supportTeam, ...workplaceTeam }),
)
