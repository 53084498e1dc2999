import type { NextFunction, Request } from 'express'
import { BearerRefusal, type VerifyBearer } from '../bearer-verifier.ts'
import { FaableError } from './faable-error.ts'
import type { Tenant } from './tenant.ts'

/** A handler that lets a request pass whose token is for this tenant's API and holds all of these scopes. */
export type ScopeGuard = (
  ...scopes: readonly string[]
) => (req: Pick<Request, 'headers'>, res: unknown, next: NextFunction) => Promise<void>

/** Judges by the audience that the tenant has now, which a test may have changed. */
export function createScopeGuard(tenant: Tenant, verify: VerifyBearer): ScopeGuard {
  return (...scopes) =>
    async (req, _res, next) => {
      const audience = tenant.settings.enforceAudience ? tenant.audience : undefined
      const claims = await verify(req.headers.authorization, audience).catch(refuse(tenant))
      const held = new Set(String(claims.scope ?? '').split(' '))
      const missing = scopes.filter((scope) => !held.has(scope))
      if (missing.length > 0 && tenant.settings.enforceScopes) {
        throw new FaableError('insufficient_scope', `the token lacks ${missing.join(' ')}`)
      }
      next()
    }
}

function refuse(tenant: Tenant): (cause: unknown) => never {
  return (cause) => {
    if (!(cause instanceof BearerRefusal)) throw cause
    if (cause.reason === 'keys-unavailable') throw new FaableError('internal_error', 'no keys', { cause })
    if (cause.reason === 'claim' && cause.claim === 'aud') {
      throw new FaableError('aud_mismatch', `aud_mismatch: expected ${tenant.audience}`, { cause })
    }
    throw new FaableError('invalid_token', 'the bearer token is missing, malformed or expired', { cause })
  }
}
