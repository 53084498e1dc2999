import type { CredentialScheme, Operation } from '@countersign/auth-core'
import { allowedOperations } from './allowed-operations.ts'
import type { CheckContext } from './check-context.ts'
import type { UpstreamConfig } from './loaded-config.ts'
import type { Path } from './located.ts'
import { credentialSchema } from './schema/credential.ts'
import { suggest } from './suggest.ts'

/**
 * Credentials against the schemes that carry them: every scheme named exists, every member that a call could
 * need is there, and none is there for nothing.
 *
 * A member is needed when a rule allows an operation that shows it: whoever uses only half of a preset has to
 * give only half of its keys.
 */
export function checkSchemes(context: CheckContext, upstreams: ReadonlyMap<string, UpstreamConfig>): void {
  for (const [name, upstream] of upstreams) {
    const { schemes, operations } = upstream
    const known = new Set([...schemes.values()].flatMap(membersOf))
    for (const { name: operation, credential } of operations) {
      if (credential === undefined || schemes.has(credential)) continue
      context.faults.add(context.root, {
        path: ['upstreams', name, 'operations', operation, 'scheme'],
        message: 'names no scheme',
        hint: suggest(credential, schemes.keys()),
      })
    }
    for (const member of upstream.credential.members?.keys() ?? []) {
      if (known.has(member)) continue
      context.faults.add(context.root, {
        path: ['upstreams', name, 'credential', member],
        message: 'is not known here',
        hint: suggest(member, [...Object.keys(credentialSchema.shape), ...known]),
        atKey: true,
      })
    }
    checkNeeded(context, upstream)
  }
}

function checkNeeded({ root, faults }: CheckContext, upstream: UpstreamConfig): void {
  if (upstream.schemes.size === 0) return
  const path = (member: string): Path => ['upstreams', upstream.name, 'credential', member]
  const seen = new Set<CredentialScheme>()
  for (const operation of allowedOperations(upstream, root)) {
    const scheme = schemeOf(upstream, operation)
    if (scheme === undefined || seen.has(scheme)) continue
    seen.add(scheme)
    for (const member of membersOf(scheme)) {
      const value = memberValue(upstream, member)
      const message = value === undefined ? 'is missing' : undefined
      const hint = `${operation.name}, which a rule allows, shows it: give it as a reference`
      if (message) faults.addUnlessFaulted(root, { path: path(member), message, hint })
    }
    for (const member of fieldMembersOf(scheme)) {
      if (/^[\x21-\x7e]*$/.test(memberValue(upstream, member) ?? '')) continue
      const message = 'cannot stand in a header field'
      faults.add(root, { path: path(member), message, hint: 'visible ASCII without blanks and line breaks' })
    }
    if (scheme.authorization === 'basic' && upstream.credential.clientId?.includes(':')) {
      const message = 'has a ":", where HTTP Basic begins the password (RFC 7617 2)'
      faults.add(root, { path: path('client_id'), message, hint: 'copy it again from the vendor' })
    }
  }
}

function schemeOf({ schemes }: UpstreamConfig, { credential }: Operation): CredentialScheme | undefined {
  return credential === undefined ? [...schemes.values()][0] : schemes.get(credential)
}

function membersOf(scheme: CredentialScheme): readonly string[] {
  const basic = scheme.authorization === 'basic' ? ['client_id', 'client_secret'] : []
  return [...Object.values(scheme.query ?? {}), ...fieldMembersOf(scheme), ...basic]
}

/** Those that stand in a header field as they are. */
function fieldMembersOf({ headers, authorization }: CredentialScheme): readonly string[] {
  return [
    ...Object.values(headers ?? {}),
    ...(typeof authorization === 'object' ? [authorization.member] : []),
  ]
}

function memberValue({ credential }: UpstreamConfig, member: string): string | undefined {
  if (member === 'client_id') return credential.clientId
  if (member === 'client_secret') return credential.clientSecret?.reveal()
  return credential.members?.get(member)?.reveal()
}
