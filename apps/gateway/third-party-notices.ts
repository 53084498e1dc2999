import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Name, version and licence of each package that modules come from, with the text of the licence as the package brings
 * it: licences want it to go with every copy.
 *
 * @param modules paths of files; those outside of a `node_modules` are ours
 * @throws {Error} when a package names no licence, for then it must not be copied
 */
export function thirdPartyNotices(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((path) => packageFolder.exec(path)?.[0] ?? []))
  return [...folders]
    .map(notice)
    .sort()
    .join(`\n${'-'.repeat(80)}\n\n`)
}

/** Up to the name behind the last `node_modules`. */
const packageFolder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (typeof license !== 'string') throw new Error(`${name} ${version} names no licence`)
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)\b/i.test(file))
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8'))
  return [`${name} ${version} (${license})\n`, ...texts].join('\n')
}
