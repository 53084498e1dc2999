import type { IdentitySource } from './identity-source.ts'
import { keepUntilExpiry } from './keep-until-expiry.ts'

/**
 * Tokens from a function. A JWT is kept until shortly before its `exp` and replaced in the background;
 * callers that come meanwhile share one call of the function. A token that does not say when it ends (opaque,
 * or without `exp`) is not kept: the function is asked for every request, and keeps what it likes itself.
 */
export function functionIdentity(obtain: () => string | Promise<string>): IdentitySource {
  return { token: keepUntilExpiry('the identity function', async () => obtain()) }
}
