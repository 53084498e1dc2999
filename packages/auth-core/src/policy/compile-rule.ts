import type { TokenRequest } from './grant.ts'
import type { Operation } from './operation.ts'
import type { OperationIndex } from './operation-index.ts'
import type { PolicyFault, RuleDefinition, UpstreamDefinition } from './policy.ts'

/** A rule with everything worked out that does not depend on a request. */
export interface CompiledRule {
  /** How the record names it: `provisioning allow[0]`. */
  readonly label: string
  readonly position: string
  readonly upstream: string
  readonly operations: ReadonlySet<Operation>
  readonly tokenRequest: TokenRequest
}

/** What {@link compileRule} needs beside the rule. */
export interface RuleContext {
  readonly label: string
  readonly upstream: UpstreamDefinition
  readonly index: OperationIndex
  /** Makes equal token requests one object, so that they share one cached token. */
  readonly intern: (request: TokenRequest) => TokenRequest
}

/**
 * Works out a rule's operations and the one token request that serves them all: the union of the scopes
 * that *this rule's* operations need, narrowed by the rule's own list. Another rule's scopes never leak in.
 *
 * @returns the compiled rule, and every fault found on the way
 */
export function compileRule(
  rule: RuleDefinition,
  context: RuleContext,
): { rule: CompiledRule; faults: readonly PolicyFault[] } {
  const faults: PolicyFault[] = []
  const refuse = (message: string, hint: string) => faults.push({ position: rule.position, message, hint })

  const operations = new Set<Operation>()
  for (const pattern of rule.operations) {
    const found = context.index.matching(pattern)
    if (found.length === 0) {
      refuse(
        `"${pattern}" names no operation of ${rule.upstream}`,
        `\`countersign check\` lists them; groups are written \`accounts.*\``,
      )
    }
    for (const operation of found) operations.add(operation)
  }

  const needed = scopesOf(operations)
  const scopes = rule.scopes === undefined ? needed : needed.filter((scope) => rule.scopes?.includes(scope))
  for (const scope of rule.scopes ?? []) {
    if (needed.includes(scope)) continue
    refuse(
      `scope "${scope}" is not needed by any operation of this rule`,
      `a rule's scopes narrow what its operations need (${needed.join(' ') || 'none'}), they cannot add`,
    )
  }
  if (scopes.length === 0 && context.upstream.emptyScope === 'refuse') {
    refuse(
      'this rule comes out with no scope, which this upstream takes for every scope there is',
      'choose operations whose scopes are known, or give the operations their scopes',
    )
  }

  const tokenRequest = context.intern({
    upstream: rule.upstream,
    audience: rule.audience ?? context.upstream.audience,
    scopes,
    resource: [],
  })
  const { label } = context
  return {
    rule: { label, position: rule.position, upstream: rule.upstream, operations, tokenRequest },
    faults,
  }
}

/** The scopes that these operations need together: sorted, each once. */
function scopesOf(operations: Iterable<Operation>): readonly string[] {
  const scopes = new Set<string>()
  for (const operation of operations) for (const scope of operation.scopes) scopes.add(scope)
  return [...scopes].sort()
}
