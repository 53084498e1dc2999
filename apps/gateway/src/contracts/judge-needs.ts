import { type Explanation, releaseOperation } from '@countersign/auth-core'
import { createHypotheticals, type Hypothetical, type HypotheticalAnswer } from '../authorize/hypothetical.ts'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { suggest } from '../config/suggest.ts'
import type { Need } from './need.ts'
import { type Remedy, remedyFor } from './remedy.ts'

/** A need and what a policy makes of it. */
export interface JudgedNeed {
  readonly need: Need
  /** Who calls, by the name in the policy. */
  readonly service: string
  /**
   * `shadow`: it goes through, but no rule allows it. `stranger`: there is no such service. `unasked`: policy has
   * nothing to say.
   */
  readonly outcome: 'met' | 'unmet' | 'shadow' | 'stranger' | 'unasked'
  /** What was decided, where policy was asked. */
  readonly explanation: Explanation | undefined
  /** In words: the rule and its scopes, or what is wrong. */
  readonly why: string
  /** For a call that should be allowed and is not. */
  readonly remedy: Remedy | undefined
}

/** How needs are put to a policy. */
export interface JudgeOptions {
  /** Service by consumer, where the names differ. */
  readonly serviceOf: ReadonlyMap<string, string>
  /** When the calls are made, in milliseconds since the Unix epoch. */
  readonly now: number
}

/** The service that a need speaks for: as mapped, as its interaction says, or as its consumer is called. */
export function callerOf({ consumer, service }: Need, serviceOf: ReadonlyMap<string, string>): string {
  return serviceOf.get(consumer) ?? service ?? consumer
}

/** Puts every need to a policy, by the proxy's own routing and decision. */
export function judgeNeeds(
  needs: readonly Need[],
  config: LoadedConfig,
  { serviceOf, now }: JudgeOptions,
): readonly JudgedNeed[] {
  const ask = createHypotheticals(config)
  return needs.map((need) => judge(need, { service: callerOf(need, serviceOf), config, ask, now }))
}

interface Court {
  readonly service: string
  readonly config: LoadedConfig
  readonly ask: (request: Hypothetical) => HypotheticalAnswer
  readonly now: number
}

function judge(need: Need, court: Court): JudgedNeed {
  const { service, config, ask, now } = court
  const { wants, request, claims } = need
  const judged = { need, service, explanation: undefined, remedy: undefined }
  if (wants.outcome === 'unasked') return { ...judged, outcome: 'unasked', why: wants.why }
  if (!config.services.has(service)) return { ...judged, ...strangerOf(need, court) }
  const answer = ask({ caller: { service, claims }, ...request, now })
  const explanation = 'explanation' in answer ? answer.explanation : undefined
  if (wants.outcome === 'refused') return { ...judged, explanation, ...judgeRefusal(wants.code, answer) }
  if (!('explanation' in answer)) {
    const why = `${answer.fault.code}: ${answer.fault.detail ?? answer.fault.says}`
    return { ...judged, outcome: 'unmet', why }
  }
  if (answer.explanation.verdict === 'deny') {
    const remedy = remedyFor(need, service, config)
    return { ...judged, explanation, outcome: 'unmet', why: whyDenied(answer.explanation), remedy }
  }
  const lacking = lackingScopes(answer.explanation, config)
  if (lacking.length > 0) {
    const why = `${whyAllowed(answer.explanation)}, but without ${lacking.join(' ')}, which it needs`
    return { ...judged, explanation, outcome: 'unmet', why }
  }
  const isShadow = answer.explanation.verdict === 'shadow'
  return {
    ...judged,
    explanation,
    outcome: isShadow ? 'shadow' : 'met',
    why: whyAllowed(answer.explanation),
    remedy: isShadow ? remedyFor(need, service, config) : undefined,
  }
}

/** Scopes that the operation needs and the rule's token would not have: the upstream would refuse the call. */
function lackingScopes(
  { upstream, operation, token }: Explanation,
  { upstreams }: LoadedConfig,
): readonly string[] {
  const needed = upstreams.get(upstream)?.operations.find(({ name }) => name === operation)?.scopes ?? []
  return needed.filter((scope) => !token?.scopes.includes(scope))
}

function strangerOf(need: Need, { service, config }: Court): Pick<JudgedNeed, 'outcome' | 'why' | 'remedy'> {
  const why = `there is no service "${service}"; ${suggest(service, config.services.keys())}`
  const remedy = need.wants.outcome === 'allowed' ? remedyFor(need, service, config) : undefined
  return { outcome: 'stranger', why, remedy }
}

/** What stands in the way of a deployment. What passes by shadow alone passes. */
export function isUnmet({ outcome }: JudgedNeed): boolean {
  return outcome === 'unmet' || outcome === 'stranger'
}

function judgeRefusal(code: string, answer: HypotheticalAnswer): Pick<JudgedNeed, 'outcome' | 'why'> {
  const actual = 'fault' in answer ? answer.fault.code : answer.explanation.code
  if (actual === code) return { outcome: 'met', why: `refused, ${code}` }
  if (actual !== undefined) return { outcome: 'unmet', why: `expected ${code}, it ends with ${actual}` }
  const { rule } = 'explanation' in answer ? answer.explanation : {}
  const by = rule ? `by ${rule.label} (${rule.position})` : 'by shadow'
  return { outcome: 'unmet', why: `expected ${code}, it is let through ${by}` }
}

function whyAllowed({ rule, token }: Explanation): string {
  const scopes = token?.scopes.join(' ') || 'none'
  const by = rule ? `${rule.label} (${rule.position})` : 'shadow: no rule allows it'
  return `${by}, scopes: ${scopes}`
}

function whyDenied({ closest, examined, upstream, operation }: Explanation): string {
  if (operation === releaseOperation.name) {
    const nearest = closest && `; closest: ${closest.label} (${closest.position}), ${closest.misfit}`
    return `no rule releases such a token of ${upstream}${nearest ?? ''}`
  }
  if (!closest) return `no rule is there that could allow ${upstream} ${operation}`
  const { label, position, misfit } = closest
  return examined.length === 0
    ? `no rule includes ${upstream} ${operation}; closest: ${label} (${position})`
    : `${label} (${position}) includes it, but ${misfit}`
}
