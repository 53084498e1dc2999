import type { IncomingMessage, ServerResponse } from 'node:http'
import { Entry } from './entry.ts'
import type { Gateway } from './gateway.ts'

/**
 * One request, end to end. Read this file first.
 *
 * @param current the gateway of the configuration in force; a request stays with the one it began with
 */
export function gatewayHandler(current: () => Gateway) {
  return async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const gateway = current()
    const entry = new Entry(req, res)
    try {
      const caller = entry.keep('caller', await gateway.identify(req))
      const route = entry.keep('route', gateway.route(req, caller))
      const grant = entry.keep('grant', await gateway.authorize(entry, caller, route))
      const minted = entry.keep('minted', await gateway.mint(grant))
      entry.keep('forwarded', await gateway.forward(entry, route, grant, minted))
    } catch (error) {
      throw entry.fail(error)
    } finally {
      await gateway.record(entry)
    }
  }
}
