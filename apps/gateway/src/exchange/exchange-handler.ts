import type { IncomingMessage, ServerResponse } from 'node:http'
import { UnidentifiedBodies } from '../authorize/unidentified-bodies.ts'
import { Entry } from '../entry.ts'
import type { Gateway } from '../gateway.ts'
import { oauthErrorStatus } from '../respond/oauth-error.ts'

/**
 * `POST /oauth2/token`, end to end: a service obtains an upstream's token for itself (RFC 8693), by the same
 * policy, limits and record as a call.
 *
 * @param current the gateway of the configuration in force; a request stays with the one that has read it
 */
export function exchangeHandler(current: () => Gateway) {
  const bodies = new UnidentifiedBodies()
  return async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let gateway = current()
    const entry = new Entry(req, res, oauthErrorStatus)
    try {
      const request = await gateway.own.exchange.read(entry, bodies)
      // Who asks, and for what, is in the body, for which anybody may take minutes: nothing has been judged before.
      gateway = current()
      const { exchange } = gateway.own
      const caller = entry.keep('caller', await exchange.identify(entry, request))
      const target = entry.keep('target', exchange.route(request, caller))
      const grant = entry.keep('grant', await exchange.authorize(entry, caller, target))
      const minted = entry.keep('minted', await gateway.mint(grant))
      entry.keep('answered', await exchange.release(entry, grant, minted))
    } catch (error) {
      throw entry.fail(error)
    } finally {
      await gateway.record(entry)
    }
  }
}
