import { createHmac, randomBytes } from 'node:crypto'
import { type Credential, Secret } from '@countersign/auth-core'
import type { ParsedSections } from './parse-sections.ts'

type ParsedUpstream = ParsedSections['upstreams'] extends ReadonlyMap<string, infer T> ? T : never

/** Known to this process only: the version of a credential cannot be tried against a list of guesses. */
const versionKey = randomBytes(32)

/** A credential whose members are secrets, with a version that changes with any of them. */
export function buildCredential({
  client_id,
  client_secret,
  ...more
}: ParsedUpstream['credential']): Credential {
  const members = Object.entries(more).sort(([a], [b]) => (a < b ? -1 : 1))
  const version = createHmac('sha256', versionKey)
    .update(JSON.stringify([client_id, client_secret, members]))
    .digest('hex')
    .slice(0, 16)
  return Object.freeze({
    clientId: client_id,
    clientSecret: new Secret(client_secret),
    ...(members.length > 0 && {
      members: new Map(members.map(([name, value]) => [name, new Secret(value)])),
    }),
    version,
  })
}
