import { issuerOf } from './build-issuer.ts'
import type { CheckContext } from './check-context.ts'
import { spellPosition } from './config-faults.ts'
import { locate } from './located.ts'
import type { ParsedSections } from './parse-sections.ts'

/** Issuers taken together: whose keys verify a token is told by its `iss`, or by its subject's trust domain. */
export function checkIssuers(
  { root, faults }: CheckContext,
  { issuers }: Pick<ParsedSections, 'issuers'>,
): void {
  const owners = new Map<string, string>()
  for (const [name, parsed] of issuers) {
    const key = parsed.kind === 'spiffe' ? 'trust_domain' : 'issuer'
    const iss = issuerOf(parsed)
    const first = owners.get(iss)
    const add = (message: string, hint: string) =>
      faults.add(root, { path: ['issuers', name, key], message, hint })
    if (first !== undefined)
      add(`is the same as that of ${first}`, 'one issuer is enough; name it where needed')
    if (iss === legacyIssuer) {
      add('is that of legacy tokens, which never end', 'use projected tokens: issuer is what their iss says')
    }
    owners.set(iss, `${name} (${spellPosition(locate(root, ['issuers', name]).node.keyAt)})`)
  }
}

/** What Kubernetes put into tokens before they were bound to pods and audiences. */
const legacyIssuer = 'kubernetes/serviceaccount'
