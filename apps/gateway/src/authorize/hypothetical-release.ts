import { explain, type Identity, mayNotExchange, type Policy, releaseOperation } from '@countersign/auth-core'
import { scopesOf } from '../exchange/exchange-request.ts'
import type { TargetFinder } from '../exchange/find-target.ts'
import { parseForm } from '../exchange/form.ts'
import type { Hypothetical, HypotheticalAnswer } from './hypothetical.ts'

/** Is this a token exchange, and no call? */
export function isRelease({ method, target }: Pick<Hypothetical, 'method' | 'target'>): boolean {
  return method === releaseOperation.method && target === releaseOperation.template
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
 * @throws {Fault} `exchange.target`, or `policy.refused` to whoever may exchange nothing; `policy.scope`,
 * `request.malformed`
 */
export function explainRelease(
  { body = '', now }: Hypothetical,
  { identity, policy, findTarget }: Exchanging,
): HypotheticalAnswer {
  const form = parseForm(Buffer.from(body))
  const resources = form.get('resource') ?? []
  const audiences = form.get('audience') ?? []
  const { method } = releaseOperation
  const upstream = findOrRefuse({ resources, audiences }, { identity, policy, findTarget })
  const release = { scopes: scopesOf(form.get('scope')?.[0]) }
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
  try {
    return findTarget(named)
  } catch (error) {
    if (policy.serviceOf(identity)?.releases.size) throw error
    throw mayNotExchange('and there is no such target', error)
  }
}
