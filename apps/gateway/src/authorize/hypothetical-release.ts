import { explain, type Identity, mayNotExchange, type Policy, releaseOperation } from '@countersign/auth-core'
import { scopesOf } from '../exchange/exchange-request.ts'
import type { TargetFinder } from '../exchange/find-target.ts'
import { assertPosted, parseForm } from '../exchange/form.ts'
import type { Hypothetical, HypotheticalAnswer } from './hypothetical.ts'

/** Is this a token exchange, and no call? */
export function isRelease({ target }: Pick<Hypothetical, 'target'>): boolean {
  return target.split('?', 1)[0] === releaseOperation.template
}

interface Exchanging {
  readonly identity: Identity
  readonly policy: Policy
  readonly findTarget: TargetFinder
}

/**
 * Answers for a token exchange that is not made. Of its form only what policy looks at has to be there:
 * `audience`, `resource`, `scope`.
 *
 * @throws {Fault} `exchange.target`, or `policy.refused` to whoever may exchange nothing; `policy.scope`, `route.method`,
 * `request.malformed`
 */
export function explainRelease(
  { method, target, body = '', now }: Hypothetical,
  { identity, policy, findTarget }: Exchanging,
): HypotheticalAnswer {
  assertPosted({ method, url: target })
  const form = parseForm(Buffer.from(body))
  const release = { scopes: scopesOf(form.get('scope')?.[0]) }
  const resources = form.get('resource') ?? []
  const audiences = form.get('audience') ?? []
  const upstream = findOrRefuse({ resources, audiences }, { identity, policy, findTarget })
  const unseen = { method, segments: [], query: '', headers: [] }
  return {
    explanation: explain(policy, {
      identity,
      upstream,
      operation: releaseOperation,
      release,
      now,
      ...unseen,
    }),
  }
}

function findOrRefuse(named: Parameters<TargetFinder>[0], { identity, policy, findTarget }: Exchanging) {
  const service = policy.serviceOf(identity)
  try {
    return findTarget(named)
  } catch (error) {
    if (service?.releases.size) throw error
    throw mayNotExchange('and there is no such target', error)
  }
}
