import type { Response } from 'express'

/** A sentence for a person with a browser. Plain text: nothing that came from outside can become markup. */
export function answerPage(res: Response, status: number, says: string): void {
  res.status(status).set({
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  })
  res.end(`${says}\n`)
}
