import { Fault } from '@countersign/auth-core'
import type { NextFunction, Request, Response } from 'express'

/**
 * Keeps HEAD, which a router would serve as a GET, from what a GET uses up: mail scanners and previews of links
 * ask with it before the person does.
 *
 * @throws {Fault} `route.method`
 */
export function refuseHead({ method }: Request, _res: Response, next: NextFunction): void {
  if (method === 'HEAD') throw new Fault('route.method', { allow: ['GET'] })
  next()
}
