import type { IncomingMessage } from 'node:http'
import { Fault, type Identity, type IdentityPattern, type VerifyCredential } from '@countersign/auth-core'
import { callerCredential } from './caller-credential.ts'

/** What operators are recognised by. */
export interface OperatorCheckOptions {
  /** The same verification as for callers: the gateway's own audience, every issuer of the configuration. */
  readonly verify: VerifyCredential
  readonly operators: readonly Pick<IdentityPattern, 'matches'>[]
}

/**
 * Makes the check that stands before everything of the admin listener but probes and metrics.
 *
 * @throws {Fault} `identity.*` for a credential that does not verify; `policy.refused` for an identity that is
 * nobody's operator
 */
export function createOperatorCheck(
  options: OperatorCheckOptions,
): (req: IncomingMessage) => Promise<Identity> {
  return async function operatorOf(req) {
    const identity = await options.verify(callerCredential(req))
    if (options.operators.some((operator) => operator.matches(identity))) return identity
    throw new Fault('policy.refused', {
      says: 'This identity is not an operator of this gateway.',
      detail: 'gateway.operators does not list it',
    })
  }
}
