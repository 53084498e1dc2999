import type { IncomingMessage } from 'node:http'
import { decide, Fault, type Policy } from '@countersign/auth-core'
import type { Gateway } from '../gateway.ts'

/**
 * Tells whether the handshake of an open WebSocket would be granted now, by the steps that it was granted by: who it is
 * of is verified anew. What cannot be known, as while an issuer is down, is no reason to end it; no limit is used up.
 */
export function stillGranted(
  gateway: Pick<Gateway, 'identify' | 'route'>,
  policy: Policy,
): (handshake: IncomingMessage) => Promise<boolean> {
  return async function isStillGranted(req) {
    try {
      const caller = await gateway.identify(req)
      const { identity } = caller
      const { upstream, operation, segments, query } = gateway.route(req, caller)
      const { method = '', rawHeaders: headers } = req
      const body = { kind: 'absent' } as const
      const asked = { upstream, operation, method, segments, query, headers, body }
      return decide(policy, { ...asked, identity, now: Date.now() }).verdict !== 'deny'
    } catch (error) {
      const { code, owner } = Fault.from(error)
      return owner !== 'caller' && code !== 'identity.ambiguous'
    }
  }
}
