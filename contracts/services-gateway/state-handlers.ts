import { type RawAnswer, rawAnswer } from '@countersign/testkit'
import type { StateHandler, StateValues } from '../support/verify-provider.ts'
import type { Platform } from './platform.ts'
import type { PlatformState } from './states.ts'

/** How the platform makes each state so. */
export function platformStates({
  policy,
  issuers,
  upstream,
}: Platform): Readonly<Record<PlatformState, StateHandler>> {
  /** An identity of a service of the policy, as its own issuer signs it. */
  async function identityOf({ service, claims }: Record<string, unknown>): Promise<StateValues> {
    const [first] = policy.services.get(String(service))?.identities ?? []
    const issuer = first && issuers.get(first.issuer)
    if (!issuer) throw new Error(`the platform has no service "${service}"`)
    return { identity: await issuer.sign({ ...Object(claims), sub: first.subject }) }
  }
  return {
    'the policy of the platform is in force': identityOf,
    'the policy of the platform is in force, and the upstream answers': (parameters) => {
      upstream.answerWith(scriptedAnswer(parameters))
      return identityOf(parameters)
    },
  }
}

/** The answer of an upstream that a consumer has described by `status` and `body`. */
export function scriptedAnswer({ status, body }: Record<string, unknown>): RawAnswer {
  if (body === undefined) return `HTTP/1.1 ${status} Scripted\r\n\r\n`
  return rawAnswer(Number(status), JSON.stringify(body), { 'content-type': 'application/json' })
}
