import { inboxManagerScenario } from './inbox-manager.ts'
import type { Scenario } from './scenario.ts'

/** All that `npm start` shows, in this order. */
export const scenarios: readonly Scenario[] = [inboxManagerScenario]
