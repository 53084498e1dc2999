import type { IncomingMessage } from 'node:http'
import { Fault, type Identity } from '@countersign/auth-core'
import { bearerCredential } from './bearer-credential.ts'

/** What operators are recognised by. */
export interface OperatorCheckOptions {
  /** The same verification as for callers: the gateway's own audience, every issuer of the configuration. */
  readonly verify: (token: string) => Identity | Promise<Identity>
  readonly operators: readonly { readonly issuer: string; readonly subject: string }[]
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
    const identity = await options.verify(bearerCredential(req))
    for (const { issuer, subject } of options.operators) {
      if (identity.issuer === issuer && identity.subject === subject) return identity
    }
    throw new Fault('policy.refused', {
      says: 'This identity is not an operator of this gateway.',
      detail: 'gateway.operators does not list its issuer and subject',
    })
  }
}
