import type { LoadedConfig } from '../config/loaded-config.ts'
import { type DraftOptions, draftServices } from './draft-services.ts'
import { isUnmet, type JudgedNeed, judgeNeeds } from './judge-needs.ts'
import type { Need } from './need.ts'
import { servicesYaml, type WrittenRule, type WrittenService } from './policy-yaml.ts'
import { separatingCondition } from './separating-condition.ts'

/** A policy made of contracts. */
export interface Suggestion {
  readonly services: readonly WrittenService[]
  /** Needs that it does not meet: there is no such operation, or what to refuse looks like what to allow. */
  readonly unmet: readonly JudgedNeed[]
}

/** What a policy is made with. */
export interface SuggestOptions extends DraftOptions {
  /** Loads the configuration with these services in it. */
  readonly load: (services: string) => LoadedConfig
}

/**
 * The smallest policy that meets every need. A draft lets through what has to be; where that lets through what has
 * to be refused, a condition taken from the examples tells them apart. The last word has the check itself.
 */
export function suggestPolicy(needs: readonly Need[], options: SuggestOptions): Suggestion {
  const draft = draftServices(needs, options)
  const first = judgeWith(draft, needs, options)
  const leaks = first.filter(({ need, outcome }) => need.wants.outcome === 'refused' && outcome === 'unmet')
  const services = leaks.length === 0 ? draft : separate(draft, first, leaks, options.config)
  const judged = services === draft ? first : judgeWith(services, needs, options)
  return { services, unmet: judged.filter(isUnmet) }
}

function judgeWith(services: readonly WrittenService[], needs: readonly Need[], options: SuggestOptions) {
  return judgeNeeds(needs, options.load(servicesYaml(services)), options)
}

function separate(
  services: readonly WrittenService[],
  judged: readonly JudgedNeed[],
  leaks: readonly JudgedNeed[],
  { upstreams }: LoadedConfig,
): readonly WrittenService[] {
  const separated = new Map(services.map((service) => [service.name, service]))
  for (const [, own] of Map.groupBy(leaks, (leak) => JSON.stringify(callOf(leak)))) {
    const call = own[0] && callOf(own[0])
    const service = separated.get(call?.service ?? '')
    if (!call || !service) continue
    const same = judged.filter((each) => JSON.stringify(callOf(each)) === JSON.stringify(call))
    const operation = upstreams.get(call.upstream)?.operations.find(({ name }) => name === call.operation)
    const when = separatingCondition({
      allowed: same.filter(({ need }) => need.wants.outcome === 'allowed').map(({ need }) => need),
      refused: own.map(({ need }) => need),
      template: operation?.template ?? '',
    })
    if (when === undefined) continue
    const allow = service.allow.flatMap((rule) => conditioned(rule, call, when))
    separated.set(service.name, { ...service, allow })
  }
  return [...separated.values()]
}

interface Call {
  readonly service: string
  readonly upstream: string
  readonly operation: string
}

function callOf({ service, explanation }: JudgedNeed): Call {
  return { service, upstream: explanation?.upstream ?? '', operation: explanation?.operation ?? '' }
}

/** The rule without the operation, and one for the operation under the condition. */
function conditioned(rule: WrittenRule, { upstream, operation }: Call, when: string): WrittenRule[] {
  if (rule.upstream !== upstream || !rule.operations.includes(operation)) return [rule]
  const others = rule.operations.filter((name) => name !== operation)
  const both = rule.when === undefined ? when : `(${rule.when}) && ${when}`
  const own = { ...rule, operations: [operation], when: both }
  return others.length > 0 ? [{ ...rule, operations: others }, own] : [own]
}
