import type { RequestListener } from 'node:http'
import type { Request, Response } from 'express'
import type { Gateway } from './gateway.ts'
import { gatewayHandler } from './handler.ts'
import { createExpress, DataRequest, DataResponse } from './listen/data-messages.ts'
import { ownPaths, renderProblems } from './own-paths.ts'

/**
 * The data listener's application: the handler, and the one place that renders what it throws.
 *
 * @param current the gateway of the configuration in force
 */
export function createApp(current: () => Gateway): RequestListener {
  const handle = gatewayHandler(current)
  const ownPath = ownPaths(current)
  const renderFault = renderProblems(current)
  const app = createExpress()
  app.set('query parser', false)
  Object.assign(app, { request: DataRequest.prototype, response: DataResponse.prototype })
  app.use(handle)
  app.use(renderFault)
  return function answer(req, res) {
    const own = ownPath(req)
    if (own) own.handle(req, res).catch((error: unknown) => own.render(error, req, res))
    else if (req.url?.startsWith('/')) app(req as Request, res as Response, unreachable)
    // Express routes paths only. What is none, as in CONNECT or absolute-form, is judged and recorded as well.
    else handle(req, res).catch((error: unknown) => renderFault(error, req, res))
  }
}

/** What Express calls when nothing has answered; handing it over saves what it would make for each request. */
function unreachable(): never {
  throw new TypeError('a request was neither answered nor refused')
}
