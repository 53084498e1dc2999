import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { editPolicyFile } from './edit-policy-file.ts'
import type { SmallerRule } from './shrink-policy.ts'

/** A smaller policy as a patch against the files of the configuration. */
export interface PolicyPatch {
  /** Unified; empty when nothing changes. */
  readonly text: string
  /** Where it applies with `patch -p0`: the names in it start from here. */
  readonly folder: string
  readonly left: readonly SmallerRule[]
}

/** Writes smaller rules as a patch, with names from the working folder where the configuration is below it. */
export function writePatch(config: LoadedConfig, rules: readonly SmallerRule[], cwd: string): PolicyPatch {
  const byFile = Map.groupBy(rules, ({ service }) => config.services.get(service)?.at.file ?? config.path)
  const folder = [...byFile.keys()].every((file) => isBelow(file, cwd)) ? cwd : folderOf(config)
  const patches: string[] = []
  const left: SmallerRule[] = []
  for (const [file, own] of byFile) {
    const source = config.sources.get(file)
    if (source === undefined) continue
    const edited = editPolicyFile(source, own)
    left.push(...edited.left)
    if (edited.text === source) continue
    const name = relative(folder, resolve(file))
    patches.push(
      createTwoFilesPatch(name, name, source, edited.text, undefined, undefined, {
        context: 3,
        headerOptions: FILE_HEADERS_ONLY,
      }),
    )
  }
  return { text: patches.join(''), folder, left }
}

function isBelow(file: string, folder: string): boolean {
  const path = relative(folder, resolve(file))
  return !path.startsWith('..') && !isAbsolute(path)
}

function folderOf({ path, sources }: LoadedConfig): string {
  return sources.has(path) ? dirname(resolve(path)) : resolve(path)
}
