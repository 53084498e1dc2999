import { aurinkoScenario } from './aurinko.ts'
import { authActionScenario } from './authaction.ts'
import { faableScenario } from './faable.ts'
import { inboxManagerScenario } from './inbox-manager.ts'
import { loginradiusScenario } from './loginradius.ts'
import type { Scenario } from './scenario.ts'

/** All that `npm start` shows, in this order. */
export const scenarios: readonly Scenario[] = [
  inboxManagerScenario,
  faableScenario,
  authActionScenario,
  loginradiusScenario,
  aurinkoScenario,
]
