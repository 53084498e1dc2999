import {
  type CompiledRule,
  type Operation,
  type Policy,
  type RuleDefinition,
  releaseOperation,
  type Service,
} from '@countersign/auth-core'

/** What a service may do and did not do, or not by these rules. */
export interface UnusedGrant {
  readonly service: string
  readonly upstream: string
  readonly operation: string
  readonly destructive: boolean
  /** Places of the rules that need not grant it. */
  readonly positions: readonly string[]
}

/** What {@link shrinkPolicy} finds. Nothing can go when there are no smaller rules, and then the rest is empty too. */
export interface Shrinking {
  /** Operations that no rule grants any more. */
  readonly unused: readonly UnusedGrant[]
  /** Operations that another rule goes on granting. */
  readonly idle: readonly UnusedGrant[]
  readonly smaller: readonly SmallerRule[]
}

/** A rule that can be smaller. */
export interface SmallerRule {
  readonly service: string
  /** Its index in the service's `allow`. */
  readonly index: number
  readonly rule: CompiledRule
  /** Names of the operations that stay; none: the rule goes. */
  readonly keep: ReadonlySet<string>
  /** The rule's own `scopes`, as far as they are still needed; `undefined` when it has none. */
  readonly scopes: readonly string[] | undefined
}

/** What {@link shrinkPolicy} goes by. */
export interface Evidence {
  readonly isUsed: (rule: string, operation: string) => boolean
  /** The rules as they are written, by service and index. */
  readonly definitionOf: (service: string, index: number) => RuleDefinition | undefined
}

/**
 * The policy without the grants that nobody used, such that nobody gains anything by it: a rule that comes
 * before one that stays is an exception from it and stays, and so does everything that is in shadow.
 */
export function shrinkPolicy(policy: Policy, evidence: Evidence): Shrinking {
  const unused: UnusedGrant[] = []
  const idle: UnusedGrant[] = []
  const smaller: SmallerRule[] = []
  for (const service of policy.services.values()) {
    const kept = keepWritable(service, policy, evidence)
    const gone = findGone(service, kept)
    unused.push(...gone.unused)
    idle.push(...gone.idle)
    for (const [index, rule] of service.rules.entries()) {
      const keep = kept.get(rule.label) ?? new Set()
      if (keep.size === rule.operations.size) continue
      const scopes = scopesLeft(rule, keep, evidence.definitionOf(service.name, index))
      smaller.push({ service: service.name, index, rule, keep, scopes: scopes.written })
    }
  }
  return { unused, idle, smaller }
}

type Kept = ReadonlyMap<string, ReadonlySet<string>>

/** What released stays whole, and so does a rule whose rest would have no scope; then others may have to. */
function keepWritable(service: Service, policy: Policy, { isUsed, definitionOf }: Evidence): Kept {
  const whole = new Set(releasing(service, isUsed))
  for (;;) {
    const kept = keepUsed(service, (rule, operation) => whole.has(rule) || isUsed(rule, operation))
    for (const { label, operations } of service.rules) {
      if (whole.has(label)) kept.set(label, new Set([...operations].map(({ name }) => name)))
    }
    const unwritable = service.rules.find((rule, index) => {
      const keep = kept.get(rule.label) ?? new Set()
      if (whole.has(rule.label) || keep.size === 0 || keep.size === rule.operations.size) return false
      const { written, needed } = scopesLeft(rule, keep, definitionOf(service.name, index))
      const refused = policy.upstreams.get(rule.upstream)?.emptyScope === 'refuse'
      return written?.length === 0 || (refused && needed.length === 0)
    })
    if (!unwritable) return kept
    whole.add(unwritable.label)
  }
}

/**
 * Rules that released a token, and those that are asked before them. What it was used for nobody saw, and whichever
 * rule decides on calls has no say in it.
 */
function releasing({ releases }: Service, isUsed: Evidence['isUsed']): string[] {
  return [...releases.values()].flatMap((rules) => {
    const last = rules.findLastIndex(({ label }) => isUsed(label, releaseOperation.name))
    return rules.slice(0, last + 1).map(({ label }) => label)
  })
}

function keepUsed(service: Service, isUsed: Evidence['isUsed']): Map<string, Set<string>> {
  const kept = new Map<string, Set<string>>(service.rules.map(({ label }) => [label, new Set()]))
  for (const [operation, upstream] of grantsOf(service)) {
    const rules = service.rulesFor(upstream, operation)
    const last = isShadow(service, rules)
      ? rules.length - 1
      : rules.findLastIndex(({ label }) => isUsed(label, operation.name))
    // Behind a rule without a condition nothing is reached.
    const end = rules.findIndex(({ when }) => when === undefined)
    const stays = rules.slice(0, Math.min(last, end === -1 ? last : end) + 1)
    for (const { label } of stays) kept.get(label)?.add(operation.name)
  }
  return kept
}

/** Behind rules in shadow stands shadow, which stays: the rules are exceptions from it, with their own limits. */
function isShadow({ mode }: Service, rules: readonly CompiledRule[]): boolean {
  return mode === 'shadow' || rules.some((rule) => rule.mode === 'shadow')
}

function grantsOf({ rules }: Service): ReadonlyMap<Operation, string> {
  return new Map(
    rules.flatMap(({ upstream, operations }) =>
      [...operations].map((operation) => [operation, upstream] as const),
    ),
  )
}

function findGone(service: Service, kept: Kept): Pick<Shrinking, 'unused' | 'idle'> {
  const unused: UnusedGrant[] = []
  const idle: UnusedGrant[] = []
  for (const [operation, upstream] of grantsOf(service)) {
    const { name, destructive } = operation
    const rules = service.rulesFor(upstream, operation)
    const going = rules.filter(({ label }) => !kept.get(label)?.has(name))
    if (going.length === 0) continue
    const positions = going.map(({ position }) => position)
    const found = going.length === rules.length ? unused : idle
    found.push({ service: service.name, upstream, operation: name, destructive, positions })
  }
  return { unused, idle }
}

function scopesLeft(
  { operations }: CompiledRule,
  keep: ReadonlySet<string>,
  definition: RuleDefinition | undefined,
): { needed: readonly string[]; written: readonly string[] | undefined } {
  const left = [...operations].filter(({ name }) => keep.has(name))
  const needed = new Set(left.flatMap(({ scopes }) => scopes))
  const written = definition?.scopes?.filter((scope) => needed.has(scope))
  return { needed: [...needed], written }
}
