import { compileIdentity, type IdentityPattern } from '@countersign/auth-core'
import { buildIdentity, type ParsedIdentity } from './build-identity.ts'
import type { CheckContext } from './check-context.ts'
import { spellPosition } from './config-faults.ts'
import { identityFlaw } from './identity-flaw.ts'
import { locate, type Path, spellPath } from './located.ts'
import type { ParsedSections } from './parse-sections.ts'

/**
 * Identities, each by itself and all together: an identity belongs to one service, or which one a call is from
 * would depend on the order of files. Where two go by different claims, whether a token fits both is not known
 * before it comes; then the call is refused.
 */
export function checkIdentities(context: CheckContext, parsed: ParsedSections): void {
  const { gateway, issuers, services } = parsed
  for (const [at, identity] of (gateway?.operators ?? []).entries()) {
    checkOne(identity, ['gateway', 'operators', at], { context, issuers })
  }
  const seen = new Map<string, Seen>()
  for (const [service, { identities }] of services) {
    for (const [at, identity] of identities.entries()) {
      const path = ['services', service, 'identities', at]
      if (!checkOne(identity, path, { context, issuers })) continue
      const pattern = compileIdentity(buildIdentity(identity, issuers.get(identity.issuer)?.kind))
      const known = seen.get(pattern.issuer) ?? { exact: new Map(), others: [] }
      seen.set(pattern.issuer, known)
      compare({ service, pattern, path }, known, context)
    }
  }
}

interface Entry {
  readonly service: string
  readonly pattern: IdentityPattern
  readonly path: Path
}

/** Of one issuer: those with one subject by it, and those that have to be compared with all. */
interface Seen {
  readonly exact: Map<string, Entry[]>
  readonly others: Entry[]
}

function compare(entry: Entry, { exact, others }: Seen, { root, faults }: CheckContext): void {
  const subject = entry.pattern.exactSubject
  const rivals = subject === undefined ? [...exact.values()].flat() : (exact.get(subject) ?? [])
  const rival = [...rivals, ...others].find((other) => areRivals(entry, other))
  if (rival !== undefined) {
    const isSame = rival.pattern.spelling === entry.pattern.spelling
    const place = `${spellPath(rival.path)} (${spellPosition(locate(root, rival.path).node.at)})`
    faults.add(root, {
      path: entry.path,
      message: `${isSame ? 'is' : 'can be'} the same identity as ${place}`,
      hint: isSame
        ? 'an identity belongs to one service; put the rules of both into it'
        : 'an identity belongs to one service; tell the two apart by subject or claims',
    })
  }
  if (subject === undefined) others.push(entry)
  else exact.set(subject, [...(exact.get(subject) ?? []), entry])
}

/** Of one service, two may well fit; only twice the same is a slip. */
function areRivals(one: Entry, other: Entry): boolean {
  if (one.service === other.service) return one.pattern.spelling === other.pattern.spelling
  return one.pattern.overlap(other.pattern) === 'certainly'
}

function checkOne(
  identity: ParsedIdentity,
  path: Path,
  { context, issuers }: { readonly context: CheckContext; readonly issuers: ParsedSections['issuers'] },
): boolean {
  const flaw = identityFlaw(identity, issuers.get(identity.issuer))
  if (flaw === undefined) return true
  const { key, message, hint } = flaw
  context.faults.add(context.root, { path: key === undefined ? path : [...path, key], message, hint })
  return false
}
