import { basename, dirname, join, resolve } from 'node:path'
import type { Disk } from './disk.ts'

/** The files that make up a configuration. */
export interface ConfigFiles {
  /** What relative paths in the configuration start from. */
  readonly folder: string
  /** As they are shown in faults: the given path, continued. */
  readonly files: readonly string[]
}

/** Deeper folders are a loop of symbolic links. */
const maxDepth = 16

/**
 * One file, or every `*.yaml` and `*.yml` (in any case) below a folder, in the order of their paths. Names that begin with a
 * dot are left out (a mounted ConfigMap keeps its versions there), and so are `node_modules`, where a package
 * manager's links lead around in circles, and policy tests, `*.test.yaml`.
 *
 * @throws {Error} with a message for people: nothing there, no file in it, folders too deep
 */
export function findFiles(path: string, disk: Disk): ConfigFiles {
  const kind = disk.kind(resolve(path))
  if (kind === 'missing') throw new Error('there is no such file or folder')
  const folder = folderOf(path, disk)
  if (kind === 'file') return { folder, files: [path] }
  const files = filesBelow(path, disk, 0)
  if (files.length === 0) throw new Error('there is no *.yaml file in this folder')
  return { folder, files }
}

/** What relative paths in the configuration at a path start from. */
export function folderOf(path: string, disk: Disk): string {
  return disk.kind(resolve(path)) === 'file' ? dirname(resolve(path)) : resolve(path)
}

function filesBelow(folder: string, disk: Disk, depth: number): string[] {
  if (depth > maxDepth) {
    throw new Error(
      `folders are nested deeper than ${maxDepth} at ${folder}: give the folder with the configuration alone`,
    )
  }
  return disk.list(resolve(folder)).flatMap((name) => {
    if (isLeftOut(name)) return []
    const path = join(folder, name)
    if (disk.kind(resolve(path)) === 'folder') return filesBelow(path, disk, depth + 1)
    return isConfigFile(name) ? [path] : []
  })
}

/** Of a file or folder of this name nothing is read. */
export function isLeftOut(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules'
}

function isConfigFile(path: string): boolean {
  const name = basename(path)
  return isYaml(name) && !isPolicyTest(name)
}

/** `.YAML` as well: a file that is passed over without a word is a rule that is not in force. */
export function isYaml(name: string): boolean {
  return /\.ya?ml$/i.test(name)
}

/** Tests of the policy are beside it, and no part of it. */
export function isPolicyTest(name: string): boolean {
  return /\.test\.ya?ml$/i.test(name)
}
