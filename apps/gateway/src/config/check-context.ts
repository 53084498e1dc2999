import type { Preset } from '@countersign/auth-core'
import type { FaultCollector } from './fault-collector.ts'
import type { Located } from './located.ts'

/** What a configuration is checked with, before anything is made of it. */
export interface CheckContext {
  readonly root: Located
  readonly presets: ReadonlyMap<string, Preset>
  readonly faults: FaultCollector
}
