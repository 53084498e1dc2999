import { aurinko } from './aurinko.ts'
import { authAction } from './authaction.ts'
import { faable } from './faable.ts'
import { inboxManager } from './inbox-manager.ts'
import { loginradius } from './loginradius.ts'
import type { Preset } from './preset.ts'

/** Every upstream that is known ready-made, by name. */
export const presets: ReadonlyMap<string, Preset> = new Map(
  [aurinko, authAction, faable, inboxManager, loginradius].map((preset) => [preset.name, preset]),
)
