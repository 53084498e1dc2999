import type { Response } from 'express'

/** How the token endpoint can be broken on purpose. */
export type TokenEndpointFailure = 'unavailable' | 'hang' | 'reset' | 'html' | 'empty'

/** What each failure does in place of an answer. */
export const tokenEndpointFailures: Readonly<Record<TokenEndpointFailure, (res: Response) => void>> = {
  unavailable: (res) => {
    res.status(503).set('Retry-After', '1').json({ error: 'temporarily_unavailable' })
  },
  hang: () => undefined,
  reset: (res) => {
    res.socket?.resetAndDestroy()
  },
  html: (res) => {
    res.status(200).type('html').send('<!doctype html><title>Maintenance</title>')
  },
  empty: (res) => {
    res.status(200).end()
  },
}

/** Whether `text` names a failure. */
export function isTokenEndpointFailure(text: unknown): text is TokenEndpointFailure {
  return typeof text === 'string' && Object.hasOwn(tokenEndpointFailures, text)
}
