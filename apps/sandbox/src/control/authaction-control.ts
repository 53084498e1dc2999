import { Router } from 'express'
import type { AuthAction } from '../authaction/start-authaction.ts'
import { answerControl } from './start-control.ts'

/**
 * What only AuthAction has:
 *
 * - `PUT /authaction/grant` with `{"granted":false}`: the API answers 401 to a token that its endpoint gives
 * - `PUT /authaction/token-path` with `{"path":"old"}`, `new` or `both`
 */
export function authActionControl(authAction: AuthAction): Router {
  const router = Router()
  router.put('/grant', (req, res) => {
    const granted: unknown = req.body?.granted
    if (typeof granted !== 'boolean') return answerControl(res, 'granted is true or false')
    authAction.grantApi(granted)
    answerControl(res)
  })
  router.put('/token-path', (req, res) => {
    const path: unknown = req.body?.path
    if (path !== 'old' && path !== 'new' && path !== 'both') {
      return answerControl(res, 'path is old, new or both')
    }
    authAction.serveTokenPath(path)
    answerControl(res)
  })
  return router
}
