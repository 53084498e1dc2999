import { resolve } from 'node:path'
import type { Preset } from '@countersign/auth-core'
import { buildConfig } from './build-config.ts'
import { ConfigFaults } from './config-faults.ts'
import { decodeText } from './decode-text.ts'
import { Disk } from './disk.ts'
import { FaultCollector } from './fault-collector.ts'
import { findFiles, folderOf } from './find-files.ts'
import type { LoadedConfig } from './loaded-config.ts'
import { emptyMap, type Located } from './located.ts'
import { mergeFiles } from './merge-files.ts'
import { readYaml } from './read-yaml.ts'
import { standIn } from './stand-in.ts'

/** What a load needs beside the path. */
export interface LoadOptions {
  /** Where `${env:NAME}` looks. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Known upstreams, by name. */
  readonly presets: ReadonlyMap<string, Preset>
  /**
   * Where only the policy is asked for, in CI say: references and files that lead nowhere are no faults, and
   * something else stands in for them. Never for a gateway that is to run.
   */
  readonly policyOnly?: boolean | undefined
  /** What stands in place of the files at the path, by the names that faults and positions shall use. */
  readonly texts?: ReadonlyMap<string, string> | undefined
}

/**
 * Loads a configuration: one YAML file, or a folder whose `*.yaml` files are merged.
 *
 * Synchronous, and meant for a start and for a change, not for a request.
 *
 * @param disk remembers what was looked at, whatever comes of the load
 * @throws {ConfigFaults} with everything that is wrong, each with file, line, column and what to do
 */
export function loadConfig(path: string, options: LoadOptions, disk: Disk = new Disk()): LoadedConfig {
  const faults = new FaultCollector()
  const sources = new Map<string, string>()

  const { folder, files } = options.texts
    ? { folder: folderOf(path, disk), files: [...options.texts.keys()] }
    : findOrReport(path, disk, faults)
  const located: Located[] = []
  for (const file of files) {
    const text = options.texts?.get(file) ?? readOrReport(file, disk, faults)
    if (text === undefined) continue
    sources.set(file, text)
    const references = { env: options.env, disk, folder, standIn: options.policyOnly ? standIn : undefined }
    const root = readYaml(text, { file, references, faults })
    if (root) located.push(root)
  }
  const root = mergeFiles(located, emptyMap({ file: path, line: 1, column: 1 }), faults)
  // With a file missing, everything in it would be called missing a second time.
  const readable = located.length === files.length && files.length > 0
  const config = readable ? buildConfig({ ...options, path, root, folder, disk, sources, faults }) : undefined
  if (config && faults.count === 0) return config
  throw new ConfigFaults(faults.sorted(), { sources, evidence: disk.evidence })
}

function findOrReport(path: string, disk: Disk, faults: FaultCollector) {
  try {
    return findFiles(path, disk)
  } catch (error) {
    reportFile(path, error, faults)
    return { folder: resolve(path), files: [] }
  }
}

function readOrReport(file: string, disk: Disk, faults: FaultCollector): string | undefined {
  try {
    return decodeText(disk.read(resolve(file)))
  } catch (error) {
    reportFile(file, error, faults)
    return undefined
  }
}

function reportFile(file: string, error: unknown, faults: FaultCollector): void {
  const why = error instanceof Error ? error.message : String(error)
  faults.addAt(
    { file, line: 1, column: 1 },
    { path: '', message: `cannot be read: ${why}`, hint: 'give one YAML file, or a folder of *.yaml files' },
  )
}
