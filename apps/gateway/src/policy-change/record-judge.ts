import {
  decide,
  type Operation,
  type Policy,
  type Question,
  releaseOperation,
  type Service,
} from '@countersign/auth-core'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { type TargetFinder, targetFinderOf } from '../exchange/find-target.ts'
import { gatewayHostOf } from '../route/gateway-host.ts'
import { createRouteTable, type Route } from '../route/route-table.ts'
import { type MissingFact, missingFacts } from './missing-facts.ts'
import type { RecordedRelease, RecordedRequest } from './recorded-request.ts'
import { orFault, recordedRoute } from './recorded-route.ts'
import { suppose } from './suppose.ts'

/** What a policy says to a recorded request. */
export interface Judgement {
  /** `unknown`: it hangs on what the record does not hold. */
  readonly verdict: 'allow' | 'shadow' | 'deny' | 'unknown'
  readonly service: string | undefined
  readonly upstream: string | undefined
  readonly operation: string | undefined
  /** What the record would have to hold for more certainty. */
  readonly missing: readonly MissingFact[]
  /** Labels of the rules that allow, or may have: with what is missing, the earlier ones cannot be ruled out. */
  readonly rules: readonly string[]
}

/** Asks a policy about recorded requests. */
export type RecordJudge = (request: RecordedRequest) => Judgement

/**
 * Asks the proxy's own routing and decision function. A condition that reads what the record does not hold is
 * taken for false, then for true: where both come to the same verdict it is known, otherwise it is `unknown`.
 * Where no condition can be evaluated anyway, the answer is remembered by service and operation.
 */
export function createRecordJudge(config: LoadedConfig): RecordJudge {
  const routes = createRouteTable(
    [...config.upstreams.values()].map(({ name, operations }) => ({ name, operations, basePath: '' })),
    gatewayHostOf(config.gateway),
  )
  const findTarget = targetFinderOf(config)
  const whole = new Bounds(config.policy, true)
  const withoutPath = new Bounds(config.policy, false)

  return function judge(request) {
    if (request.release?.asked) return whole.judgeAsked(request, request.release.asked, findTarget)
    if (request.release) return whole.judgeRelease(request, request.release)
    // The record cuts a token out of a path: where the request went is known, what stood there is not.
    const isCut = request.path.includes(cut)
    const route = recordedRoute(
      routes,
      isCut ? { ...request, path: request.path.replaceAll(cut, 'cut') } : request,
    )
    if (!route) return unrouted(config.policy, request)
    return (isCut ? withoutPath : whole).judge(request, route)
  }
}

/** What `auditLine` writes in place of a token. */
const cut = '[token]'

type AskedFor = NonNullable<RecordedRelease['asked']>
type Asked = Pick<Route, 'upstream' | 'operation' | 'segments'> & Pick<Question, 'release'>

class Bounds {
  readonly #policy: Policy
  readonly #least: Policy
  readonly #most: Policy
  /** By rule, for the rules whose condition cannot be evaluated. */
  readonly #missing = new Map<string, readonly MissingFact[]>()
  readonly #settled = new Map<string, Map<Operation, Judgement>>()

  constructor(policy: Policy, hasPath: boolean) {
    this.#policy = policy
    this.#least = suppose(policy, (when) => (missingFacts(when, hasPath).length > 0 ? false : undefined))
    this.#most = suppose(policy, (when) => (missingFacts(when, hasPath).length > 0 ? true : undefined))
    for (const { rules } of policy.services.values()) {
      for (const { label, when } of rules) {
        const missing = when ? missingFacts(when, hasPath) : []
        if (missing.length > 0) this.#missing.set(label, missing)
      }
    }
  }

  judge(request: RecordedRequest, route: Route): Judgement {
    const service = serviceOf(this.#policy, request)
    if (service === 'unknown' || !service) return unrouted(this.#policy, request)
    const settled = this.#settled.get(service.name)?.get(route.operation)
    if (settled) return settled
    const judgement = this.#ask(request, service, route)
    const rules = service.rulesFor(route.upstream, route.operation)
    if (rules.every(({ when, label }) => !when || this.#missing.has(label))) {
      const known = this.#settled.get(service.name) ?? new Map<Operation, Judgement>()
      this.#settled.set(service.name, known.set(route.operation, judgement))
    }
    return judgement
  }

  /** A token request of which is known what it asked for. */
  judgeAsked(request: RecordedRequest, asked: AskedFor, findTarget: TargetFinder): Judgement {
    const service = serviceOf(this.#policy, request)
    if (service === 'unknown' || !service) return unrouted(this.#policy, request)
    const upstream = orFault(() => findTarget(asked))
    if (upstream === undefined) return unrouted(this.#policy, request)
    const release = { scopes: asked.scopes }
    return this.#ask(request, service, { upstream, operation: releaseOperation, segments: [], release })
  }

  /**
   * A token that was handed out: by its scopes. Where what was asked for is not on record, all that may have been is
   * tried, and only what nothing of it would get is known.
   */
  judgeRelease(request: RecordedRequest, { scopes }: RecordedRelease): Judgement {
    const service = serviceOf(this.#policy, request)
    if (service === 'unknown' || !service) return unrouted(this.#policy, request)
    const { upstream } = request
    const targets = upstream === undefined ? [...service.releases.keys()] : [upstream]
    const asked = { operation: releaseOperation, segments: [], release: { scopes: scopes ?? [] } }
    const judgements = targets.map((target) => this.#ask(request, service, { ...asked, upstream: target }))
    const [first] = judgements
    if (first && upstream !== undefined && scopes) return first
    const isRefused = judgements.every(({ verdict }) => verdict === 'deny')
    const unseen: readonly MissingFact[] = upstream === undefined ? ['target', 'scopes'] : ['scopes']
    return {
      verdict: isRefused ? 'deny' : 'unknown',
      service: service.name,
      upstream,
      operation: releaseOperation.name,
      missing: isRefused ? [] : [...new Set([...unseen, ...judgements.flatMap(({ missing }) => missing)])],
      rules: isRefused
        ? []
        : targets.flatMap((name) => service.releases.get(name) ?? []).map(({ label }) => label),
    }
  }

  #ask(request: RecordedRequest, { name }: Service, asked: Asked): Judgement {
    const { upstream, operation, segments, release } = asked
    const { issuer, subject, method, time } = request
    const identity = { issuer, subject, claims: {}, expiresAt: Infinity }
    const now = Date.parse(time)
    const unseen = { query: '', headers: [] }
    const question = { identity, upstream, operation, method, segments, now, release, ...unseen }
    const least = settle(callingAs(this.#least, name), question)
    const most = settle(callingAs(this.#most, name), question)
    const unsure = least.misses.map(({ rule }) => rule.label).filter((label) => this.#missing.has(label))
    const facts = new Set(unsure.flatMap((label) => this.#missing.get(label) ?? []))
    // A body that a rule reads and that is no JSON is refused, whatever the other rules say; and so is a request with a
    // parameter that the operation forbids.
    if (operation.forbidQuery?.length) facts.add('query')
    const mayBeRefused =
      (facts.has('body') && !bodyless.has(method)) || Boolean(operation.forbidQuery?.length)
    const isKnown = least.verdict === most.verdict && (most.verdict === 'deny' || !mayBeRefused)
    const missing = [...facts]
    return {
      verdict: isKnown ? least.verdict : 'unknown',
      service: least.service?.name,
      upstream,
      operation: operation.name,
      missing,
      rules: [...unsure, ...(least.verdict === 'allow' ? [least.rule.label] : [])],
    }
  }
}

const bodyless: ReadonlySet<string> = new Set(['GET', 'HEAD'])

function settle(policy: Policy, question: Question) {
  const decision = decide(policy, question)
  if (decision.verdict === 'needs-body')
    throw new TypeError('a condition on the body was left to be evaluated')
  return decision
}

function unrouted(policy: Policy, request: RecordedRequest): Judgement {
  const { upstream, operation } = request
  const service = serviceOf(policy, request)
  if (service === 'unknown') {
    return { verdict: 'unknown', service: undefined, upstream, operation, missing: ['claims'], rules: [] }
  }
  return { verdict: 'deny', service: service?.name, upstream, operation, missing: [], rules: [] }
}

/** Claims are not on record: where they tell who it is, whoever it was is taken for it, as far as that may be. */
function serviceOf(policy: Policy, request: RecordedRequest): Service | 'unknown' | undefined {
  const candidates = policy.candidates(request)
  const [only, ...others] = new Set(candidates.map(({ owner }) => owner))
  if (others.length === 0 && !candidates.some(({ readsClaims }) => readsClaims)) return only
  return candidates.find(({ owner }) => owner.name === request.service)?.owner ?? 'unknown'
}

function callingAs(policy: Policy, service: string): Policy {
  const caller = policy.services.get(service)
  return { ...policy, serviceOf: () => caller }
}
