import type { RequestListener } from 'node:http'
import { renderFault } from '../respond/render-fault.ts'
import { canonicalTarget } from '../route/canonical-target.ts'
import { newRequestId } from '../trace/request-id.ts'
import { admit } from './admit.ts'
import { assertProtocol } from './websocket.ts'

/**
 * An application of the gateway's own endpoints behind the same edge as the proxy: what can be read in two ways
 * never gets to its router, and is answered as everything else is.
 */
export function canonicalOnly(app: RequestListener): RequestListener {
  return function answer(req, res) {
    res.setHeader('x-request-id', newRequestId())
    try {
      admit(req)
      assertProtocol(req, false)
      canonicalTarget(req.url ?? '')
    } catch (error) {
      renderFault(error, req, res)
      return
    }
    app(req, res)
  }
}
