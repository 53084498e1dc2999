import { inboxManager } from './inbox-manager.ts'
import type { Preset } from './preset.ts'

/** Every upstream that is known ready-made, by name. */
export const presets: ReadonlyMap<string, Preset> = new Map(
  [inboxManager].map((preset) => [preset.name, preset]),
)
