import { ConfigFaults } from './config-faults.ts'
import { Disk, type Evidence, stamp } from './disk.ts'
import { type LoadOptions, loadConfig } from './load.ts'
import type { LoadedConfig } from './loaded-config.ts'

/** What a watch needs beside the configuration it begins with. */
export interface WatchOptions extends LoadOptions {
  /** Milliseconds between two looks. Default 1000. */
  readonly intervalMs?: number
  /**
   * A configuration without faults, when its content changed or the attempt before it failed.
   * The one before stays good for whoever still uses it.
   */
  readonly onChange: (config: LoadedConfig) => void
  /** A changed configuration that cannot be used; told once per change. The last good one stays. Must not throw. */
  readonly onFault: (faults: ConfigFaults) => void
  /**
   * What reading or taking a change threw, which is a defect of ours and no reason to end what is running; told
   * once per change. Must not throw.
   */
  readonly onDefect: (error: unknown) => void
}

/** A running watch. */
export interface ConfigWatch {
  /** Looks once, now. */
  poll(): void
  close(): void
}

/**
 * Watches everything a configuration was made of: its files and folders, secrets, key sets, certificates, and
 * what was looked for and missing.
 *
 * By polling, through symbolic links: notification of changes is lost on network and overlay file systems,
 * and a mounted ConfigMap or Secret changes by a link two levels up. A change is taken only when nothing
 * moved while it was read, so files that are replaced together arrive together.
 */
export function watchConfig(loaded: LoadedConfig, options: WatchOptions): ConfigWatch {
  let current = loaded
  let failing = false
  /** What the last attempt saw, good or bad: only a change of that is worth another. */
  let seen = loaded.evidence
  /** It could not see everything, and nothing will move when it can. */
  let isTroubled = false
  let told = ''

  function poll(): void {
    if (!isTroubled && isUnmoved(seen)) return
    const disk = new Disk()
    try {
      look(disk)
    } catch (error) {
      seen = disk.evidence
      failing = true
      options.onDefect(error)
    }
  }

  function look(disk: Disk): void {
    const outcome = attempt(current.path, options, disk)
    // Caught in the middle of a change: the next look finds it at rest.
    if (!isUnmoved(outcome.evidence)) return
    const isRepeated = isTroubled && isUnmoved(seen)
    seen = outcome.evidence
    isTroubled = disk.isTroubled
    if (outcome instanceof ConfigFaults) {
      failing = true
      const faults = JSON.stringify(outcome.faults)
      if (!isRepeated || faults !== told) options.onFault(outcome)
      told = faults
      return
    }
    const isNews = failing || !haveSameContent(outcome.evidence, current.evidence)
    failing = false
    current = outcome
    if (isNews) options.onChange(outcome)
  }

  const timer = setInterval(poll, options.intervalMs ?? 1000)
  timer.unref()
  return { poll, close: () => clearInterval(timer) }
}

function attempt(path: string, options: LoadOptions, disk: Disk): LoadedConfig | ConfigFaults {
  try {
    return loadConfig(path, options, disk)
  } catch (error) {
    if (error instanceof ConfigFaults) return error
    throw error
  }
}

function isUnmoved(evidence: Evidence): boolean {
  for (const [path, sighting] of evidence) if (stamp(path) !== sighting.stamp) return false
  return true
}

function haveSameContent(a: Evidence, b: Evidence): boolean {
  if (a.size !== b.size) return false
  for (const [path, { digest }] of a) if (b.get(path)?.digest !== digest) return false
  return true
}
