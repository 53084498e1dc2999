import type { CompiledRule } from './compile-rule.ts'
import { ConditionError } from './condition/condition-error.ts'
import { forbiddenParameter } from './forbidden-parameter.ts'
import type { TokenRequest } from './grant.ts'
import type { Policy, Service } from './policy.ts'
import type { Question } from './question.ts'

/** A rule that includes the operation and did not match all the same. */
export interface Miss {
  readonly rule: CompiledRule
  /** `undefined`: its condition is false. Otherwise why it could not be evaluated; holds no value of the request. */
  readonly error: string | undefined
}

/** What policy says to a question. */
export type Decision =
  /** This rule includes the operation and its condition is true. Its `limit` is for whoever acts on it. */
  | {
      readonly verdict: 'allow'
      readonly service: Service
      readonly rule: CompiledRule
      readonly misses: readonly Miss[]
    }
  /** No rule allows, and the mode lets it through. */
  | {
      readonly verdict: 'shadow'
      readonly service: Service
      readonly tokenRequest: TokenRequest
      readonly misses: readonly Miss[]
    }
  | {
      readonly verdict: 'deny'
      readonly service: Service | undefined
      readonly misses: readonly Miss[]
      /** A query parameter that the operation forbids, whatever the rules and the mode say. */
      readonly forbidden?: string
    }
  /** This rule reads the body, which the question does not have yet: ask again with it. */
  | { readonly verdict: 'needs-body'; readonly service: Service; readonly rule: CompiledRule }

const none: readonly Miss[] = []

/**
 * Decides. The one function that does: the proxy, `explain`, `test`, `replay` and the decision API all ask it.
 * Pure: the same policy and question give the same decision.
 *
 * The service's rules are read in order. The first that includes the operation and whose condition is true
 * allows; a condition that fails to evaluate does not match. Where no rule allows, the answer is no, unless
 * the mode says shadow, for a known service and a known operation only. A rule's mode goes before its
 * service's: shadow needs every rule that includes the operation to be in shadow. A query parameter that the
 * operation forbids is denied before any rule is read, in shadow as well.
 *
 * Asked for a token itself, it reads the rules that release theirs and have the scopes asked for, in the same
 * way. Shadow never releases: what has left cannot be watched.
 */
export function decide(policy: Policy, question: Question): Decision {
  const service = policy.serviceOf(question.identity)
  if (service === undefined) return { verdict: 'deny', service, misses: none }
  const forbidden = forbiddenParameter(question)
  if (forbidden !== undefined) return { verdict: 'deny', service, misses: none, forbidden }
  const rules = candidates(service, question)
  let misses: Miss[] | undefined
  for (const rule of rules) {
    if (rule.when?.reads.body && question.body === undefined) return { verdict: 'needs-body', service, rule }
    const outcome = rule.when === undefined || judge(rule.when, question, service)
    if (outcome === true) return { verdict: 'allow', service, rule, misses: misses ?? none }
    misses ??= []
    misses.push({ rule, error: outcome === false ? undefined : outcome })
  }
  const tokenRequest =
    question.release === undefined && isShadow(service, rules)
      ? service.shadowRequest(question.upstream, question.operation)
      : undefined
  return tokenRequest === undefined
    ? { verdict: 'deny', service, misses: misses ?? none }
    : { verdict: 'shadow', service, tokenRequest, misses: misses ?? none }
}

function candidates(service: Service, { upstream, operation, release }: Question): readonly CompiledRule[] {
  if (release === undefined) return service.rulesFor(upstream, operation)
  const releasing = service.releases.get(upstream) ?? []
  return releasing.filter(({ tokenRequest }) =>
    release.scopes.every((scope) => tokenRequest.scopes.includes(scope)),
  )
}

/** @returns whether the condition holds, or why it cannot be evaluated */
function judge(
  when: NonNullable<CompiledRule['when']>,
  question: Question,
  service: Service,
): boolean | string {
  try {
    return when.holds(question, service.name)
  } catch (error) {
    // Whatever went wrong, the rule does not match: an error never allows.
    return error instanceof ConditionError ? error.message : 'it failed'
  }
}

function isShadow(service: Service, rules: readonly CompiledRule[]): boolean {
  return rules.length === 0 ? service.mode === 'shadow' : rules.every((rule) => rule.mode === 'shadow')
}
