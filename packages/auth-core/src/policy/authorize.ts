import { Fault } from '../fault.ts'
import type { Grant } from './grant.ts'
import type { Operation } from './operation.ts'
import type { Service } from './policy.ts'

/** What is asked for. */
export interface Call {
  readonly upstream: string
  readonly operation: Operation
}

/**
 * Decides. The one place where a {@link Grant} comes into being.
 *
 * The service's rules are read in order and the first that includes the operation is the grant; a service
 * that nobody named, and an operation that no rule includes, are refused.
 *
 * @throws {Fault} `policy.refused`; the caller learns the operation it asked for, and nothing of the policy
 */
export function authorize(service: Service | undefined, call: Call): Grant {
  const { upstream, operation } = call
  const asked = `${upstream} ${operation.name}`
  if (service === undefined) {
    throw new Fault('policy.refused', {
      says: `This identity may not call ${asked}.`,
      detail: 'the identity is verified, but no service lists its issuer and subject',
    })
  }
  for (const rule of service.rulesFor(upstream, operation)) {
    const { label, tokenRequest } = rule
    const grant = { service: service.name, upstream, operation, rule: label, verdict: 'allow', tokenRequest }
    return grant as unknown as Grant
  }
  throw new Fault('policy.refused', {
    says: `The service ${service.name} may not call ${asked}.`,
    detail: `no rule of ${service.name} includes ${asked}`,
  })
}
