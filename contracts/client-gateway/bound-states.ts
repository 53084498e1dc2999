import type { StateHandler } from '../support/verify-provider.ts'
import type { Surroundings } from './surroundings.ts'

/** What the gateway is like when it has been called as much as it may be. */
type BoundState =
  | 'the one call that a limit allows has been made'
  | 'an upstream has failed, and is left alone for an hour'
  | 'an upstream has as many calls as it may have'

/**
 * How real calls make it so.
 *
 * @param allow makes every call of the service a good one
 */
export function boundStates(
  { gateway, busy, ending }: Surroundings,
  allow: StateHandler,
): Readonly<Record<BoundState, StateHandler>> {
  /** Calls as the service that the contract names. */
  async function call(path: string, identity = '', options: RequestInit = {}): Promise<number> {
    const headers = { authorization: `Bearer ${identity}` }
    const answer = await fetch(`${gateway.url}/${path}/api/accounts`, { headers, ...options })
    return answer.status
  }
  return {
    async 'the one call that a limit allows has been made'(values) {
      const caller = await allow(values)
      const status = await call('inbox-manager', caller?.identity)
      if (status !== 200) throw new Error(`the call within the limit was answered ${status}`)
      return caller
    },
    async 'an upstream has failed, and is left alone for an hour'(values) {
      const caller = await allow(values)
      const status = await call('failing', caller?.identity)
      if (status < 500) throw new Error(`the call that has to fail was answered ${status}`)
      return caller
    },
    async 'an upstream has as many calls as it may have'(values) {
      const caller = await allow(values)
      if (busy.requests.length > 0) return caller
      const waiting = call('narrow', caller?.identity, { signal: ending })
      const early = waiting.then((status) => {
        throw new Error(`the call that has to wait was answered ${status}`)
      })
      await Promise.race([busy.received(1), early])
      return caller
    },
  }
}
