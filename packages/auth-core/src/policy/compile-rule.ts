import { type Condition, compileCondition } from './condition/compile-condition.ts'
import type { ConditionEnvironments } from './condition/condition-environment.ts'
import type { TokenRequest } from './grant.ts'
import type { Operation } from './operation.ts'
import type { OperationIndex } from './operation-index.ts'
import type { Mode, PolicyFault, RuleDefinition, UpstreamDefinition } from './policy.ts'
import type { RateLimit } from './rate-limit.ts'
import { type Release, releaseOf, unseenByRelease } from './release.ts'
import { templateVariables } from './template-variables.ts'
import { haveSeveralTargets, type TokenTarget, targetOf } from './token-target.ts'

/** A rule with everything worked out that does not depend on a request. */
export interface CompiledRule {
  /** How the record names it: `provisioning allow[0]`. */
  readonly label: string
  readonly position: string
  readonly upstream: string
  /** As written: names and groups. */
  readonly patterns: readonly string[]
  readonly operations: ReadonlySet<Operation>
  readonly tokenRequest: TokenRequest
  readonly when: Condition | undefined
  readonly limit: RateLimit | undefined
  readonly release: Release | undefined
  /** Its own, its service's, or the policy's. */
  readonly mode: Mode
}

/** What {@link compileRule} needs beside the rule. */
export interface RuleContext {
  readonly label: string
  readonly upstream: UpstreamDefinition
  readonly index: OperationIndex
  readonly environments: ConditionEnvironments
  /** Of the service. */
  readonly mode: Mode
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
  const operations = findOperations(rule, context, faults)
  const scopes = narrowScopes(rule, context, { operations, faults })
  const tokenRequest = context.intern({
    upstream: rule.upstream,
    scopes,
    ...findTarget(rule, context, { operations, faults }),
  })
  const compiled: CompiledRule = {
    label: context.label,
    position: rule.position,
    upstream: rule.upstream,
    patterns: rule.operations,
    operations,
    tokenRequest,
    when:
      rule.when === undefined
        ? undefined
        : findCondition(rule, rule.when, { ...context, operations, faults }),
    limit: rule.limit,
    release: rule.release && releaseOf(rule.release, operations),
    mode: rule.mode ?? context.mode,
  }
  return { rule: compiled, faults }
}

interface Findings {
  readonly operations: ReadonlySet<Operation>
  readonly faults: PolicyFault[]
}

function findOperations(
  { operations: patterns, position, upstream }: RuleDefinition,
  { index }: RuleContext,
  faults: PolicyFault[],
): ReadonlySet<Operation> {
  for (const pattern of patterns) {
    if (index.matching(pattern).length > 0) continue
    faults.push({
      position,
      message: `"${pattern}" names no operation of ${upstream}`,
      hint: `\`countersign check\` lists them; groups are written \`accounts.*\``,
    })
  }
  return index.union(patterns)
}

function narrowScopes(
  rule: RuleDefinition,
  { upstream }: RuleContext,
  { operations, faults }: Findings,
): readonly string[] {
  const { position } = rule
  const needed = scopesOf(operations)
  for (const scope of rule.scopes ?? []) {
    if (needed.includes(scope)) continue
    faults.push({
      position,
      message: `scope "${scope}" is not needed by any operation of this rule`,
      hint: `a rule's scopes narrow what its operations need (${needed.join(' ') || 'none'}), they cannot add`,
    })
  }
  const scopes = rule.scopes === undefined ? needed : needed.filter((scope) => rule.scopes?.includes(scope))
  if (scopes.length === 0 && upstream.emptyScope === 'refuse') {
    faults.push({
      position,
      message: 'this rule comes out with no scope, which this upstream takes for every scope there is',
      hint: 'choose operations whose scopes are known, or give the operations their scopes',
    })
  }
  return scopes
}

/** A rule has one token: its operations must agree whom it is for, unless the rule says. */
function findTarget(
  { audience, resource, position }: RuleDefinition,
  { upstream }: RuleContext,
  { operations, faults }: Findings,
): TokenTarget {
  const target = targetOf(operations, upstream)
  if (audience === undefined && resource === undefined && haveSeveralTargets(operations)) {
    faults.push({
      position,
      message: 'its operations want tokens for different audiences or resources',
      hint: 'make a rule for each of them; a rule has one token',
    })
  }
  return { audience: audience ?? target.audience, resource: resource ?? target.resource }
}

function findCondition(
  { position, release }: RuleDefinition,
  source: string,
  { environments, operations, faults }: RuleContext & Findings,
): Condition | undefined {
  const key = 'when' as const
  const compiled = compileCondition(source, { environments, pathVariables: commonVariables(operations) })
  if (!('length' in compiled)) {
    if (release) faults.push(...unseenByRelease(compiled).map((problem) => ({ position, key, ...problem })))
    return compiled
  }
  for (const problem of compiled) faults.push({ position, key, ...problem })
  return undefined
}

/** The path variables that each of these operations has; sorted. */
function commonVariables(operations: ReadonlySet<Operation>): readonly string[] {
  let common: string[] | undefined
  for (const { template } of operations) {
    const own = templateVariables(template)
    common = common === undefined ? [...own.keys()].sort() : common.filter((name) => own.has(name))
  }
  return common ?? []
}

/** The scopes that these operations need together: sorted, each once. */
function scopesOf(operations: Iterable<Operation>): readonly string[] {
  const scopes = new Set<string>()
  for (const operation of operations) for (const scope of operation.scopes) scopes.add(scope)
  return [...scopes].sort()
}
