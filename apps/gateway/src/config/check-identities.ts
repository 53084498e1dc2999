import type { CheckContext } from './check-context.ts'
import { spellPosition } from './config-faults.ts'
import { items, section, spellPath } from './located.ts'

/** An identity belongs to one service: of two, which one a call is from would depend on the order of files. */
export function checkIdentities({ root, faults }: CheckContext): void {
  const owners = new Map<string, string>()
  for (const [name, service] of section(root, 'services')) {
    for (const [at, identity] of items(service, 'identities')) {
      const issuer = identity.children.get('issuer')?.value
      const subject = identity.children.get('subject')?.value
      if (typeof issuer !== 'string' || typeof subject !== 'string') continue
      const key = JSON.stringify([issuer, subject])
      const path = ['services', name, 'identities', at]
      const first = owners.get(key)
      if (first === undefined) owners.set(key, `${spellPath(path)} (${spellPosition(identity.at)})`)
      else {
        faults.add(root, {
          path,
          message: `is the same identity as ${first}`,
          hint: 'an identity belongs to one service; put the rules of both into it',
        })
      }
    }
  }
}
