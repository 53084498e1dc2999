import { type CompiledRule, decide, type Operation, type Policy, type Service } from '@countersign/auth-core'
import { conjuncts } from './conjuncts.ts'
import { suppose } from './suppose.ts'

/** One way in which a service may call an operation. */
export interface Way {
  /** `undefined`: no rule allows it, shadow lets it through. */
  readonly rule: CompiledRule | undefined
  /** What must hold, joined by "and"; empty: always. */
  readonly needs: ReadonlySet<string>
  /** Those of them that are said beside the rule's own condition. */
  readonly besides: readonly string[]
  readonly audience: string | undefined
  /** Resource indicators (RFC 8707). */
  readonly resource: readonly string[]
  readonly scopes: readonly string[]
  /** As in `60/minute`. */
  readonly limit: CompiledRule['limit']
}

/** An operation that is asked about. */
export interface AskedOperation {
  readonly upstream: string
  readonly operation: Operation
}

/** Finds the ways of services to operations, in the order in which they are tried; none means no. */
export type AccessFinder = (service: Service, asked: AskedOperation) => readonly Way[]

/** A body that a rule reads and cannot read is refused, whatever a later rule says. */
const readableBody = 'the body can be read'

/** For one policy. Asks the decision function what happens where no condition holds. */
export function createAccessFinder(policy: Policy): AccessFinder {
  const withoutConditions = suppose(policy, () => false)
  return function accessOf(service, asked) {
    const ways: Way[] = []
    const forbidden = asked.operation.forbidQuery ?? []
    const forbids = forbidden.map((name) => `the query has no ${name}`)
    const shared = new Set(forbids)
    for (const rule of service.rulesFor(asked.upstream, asked.operation)) {
      if (rule.when?.reads.body) shared.add(readableBody)
      const { audience, resource, scopes } = rule.tokenRequest
      const needs = new Set([...(rule.when ? conjuncts(rule.when) : []), ...shared])
      const besides = rule.when ? forbids : [...shared]
      ways.push({ rule, needs, besides, audience, resource, scopes, limit: rule.limit })
      if (rule.when === undefined) return ways
    }
    const otherwise = decide(withoutConditions, questionOf(service, asked))
    if (otherwise.verdict !== 'shadow') return ways
    const { audience, resource, scopes } = otherwise.tokenRequest
    const shadow = { rule: undefined, needs: shared, besides: forbids, limit: undefined }
    return [...ways, { ...shadow, audience, resource, scopes }]
  }
}

function questionOf({ identities: [first] }: Service, asked: AskedOperation) {
  const identity = { issuer: '', subject: '', claims: {}, ...first?.example, expiresAt: Infinity }
  const { method } = asked.operation
  return { ...asked, identity, method, segments: [], query: '', headers: [], now: 0 }
}
