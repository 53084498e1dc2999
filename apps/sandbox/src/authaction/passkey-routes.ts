import { Router } from 'express'
import { AuthActionError } from './authaction-error.ts'
import { newObjectId } from './records.ts'
import { requiredText } from './request-content.ts'
import type { Tenant } from './tenant.ts'

/** Passkey Plus: a transaction is opened, the person confirms in the browser, the nonce of that is verified. */
export function passkeyRoutes({ passkeys }: Tenant): Router {
  const router = Router({ caseSensitive: true, strict: true })
  for (const kind of ['register', 'authenticate'] as const) {
    router.post(`/api/v1/passkey-plus/:appId/transaction/${kind}`, (req, res) => {
      requiredText(req.body, 'externalId')
      requiredText(req.body, 'displayName')
      const appId = String(req.params.appId)
      const transaction = { transactionId: newObjectId(), appId, id: newObjectId(), verified: false }
      passkeys.set(transaction.transactionId, transaction)
      res.status(201).json({ data: shown(transaction) })
    })
  }
  router.post('/api/v1/passkey-plus/:appId/authenticate/verify', (req, res) => {
    const nonce = requiredText(req.body, 'nonce')
    const found = [...passkeys.values()].find((one) => one.nonce === nonce && one.appId === req.params.appId)
    if (found === undefined) throw new AuthActionError(400, 'the nonce is unknown or used')
    const verified = { ...found, verified: true, nonce: undefined }
    passkeys.set(found.transactionId, verified)
    res.status(201).json({ data: shown(verified) })
  })
  return router
}

function shown({
  transactionId,
  id,
  verified,
}: {
  transactionId: string
  id: string
  verified: boolean
}): object {
  return { transactionId, id, verified }
}
