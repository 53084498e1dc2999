import type { IdentitySource } from './identity-source.ts'

/** One token for as long as the process lives: tests, scripts, a token made by hand. Nothing refreshes it. */
export function staticIdentity(token: string): IdentitySource {
  return { token: () => token }
}
