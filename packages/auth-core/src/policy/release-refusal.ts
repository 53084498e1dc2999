import { Fault } from '../fault.ts'
import type { Decision } from './decide.ts'
import type { Question } from './question.ts'
import { whyNot } from './why-not.ts'

/**
 * Why a token is not handed out. Whoever may exchange nothing at all learns just that; whoever may exchange
 * something learns whether it is the target or the scopes.
 */
export function releaseRefusal(decision: Decision & { verdict: 'deny' }, question: Question): Fault {
  const { service, misses } = decision
  const detail = whyNot(decision, question)
  if (!service || service.releases.size === 0) return mayNotExchange(detail)
  if (misses.length > 0 || !service.releases.has(question.upstream))
    return new Fault('exchange.target', { detail })
  return new Fault('policy.scope', {
    says: `No rule of the service ${service.name} releases a token of ${question.upstream} with these scopes.`,
    detail,
  })
}

/** The same for a stranger, an unlisted service and whatever they ask for. */
export function mayNotExchange(detail: string, cause?: unknown): Fault {
  return new Fault('policy.refused', { says: 'This identity may not obtain tokens here.', detail, cause })
}
