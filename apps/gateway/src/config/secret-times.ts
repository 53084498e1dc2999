// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are shown as they are written in YAML
import { resolve } from 'node:path'
import type { Disk } from './disk.ts'
import { type Located, section } from './located.ts'

/** When each secret of each upstream came to be what it is, in milliseconds since the Unix epoch. */
export type SecretTimes = ReadonlyMap<string, ReadonlyMap<string, number>>

/** Where they are looked up. */
export interface SecretTimesParts {
  readonly root: Located
  readonly folder: string
  readonly disk: Disk
}

/** Of `${file:…}`, when the file was written; of a variable of the environment, when this process began. */
export function secretTimes({ root, folder, disk }: SecretTimesParts): SecretTimes {
  const times = new Map<string, ReadonlyMap<string, number>>()
  for (const [name, upstream] of section(root, 'upstreams')) {
    const own = new Map<string, number>()
    for (const [member, { source }] of upstream.children.get('credential')?.children ?? []) {
      const [, kind, path = ''] = /^\$\{(env|file):([^}]+)\}$/.exec(source) ?? []
      if (kind === undefined || member === 'client_id') continue
      const since = kind === 'env' ? performance.timeOrigin : disk.changedAt(resolve(folder, path))
      if (since !== undefined) own.set(String(member), since)
    }
    times.set(name, own)
  }
  return times
}
