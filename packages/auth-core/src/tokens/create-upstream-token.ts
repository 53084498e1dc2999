import { Secret } from '../secret.ts'
import type { UpstreamToken } from './upstream-token.ts'

/** The facts of a token, its value still bare. */
export type TokenFacts = Pick<
  UpstreamToken,
  'obtainedAt' | 'expiresAt' | 'grantedScopes' | 'statedSeconds' | 'difference' | 'certificate'
> & { readonly value: string }

/** Wraps a token so that it can be recorded: printed in any way, it shows its fingerprint. */
export async function createUpstreamToken(facts: TokenFacts): Promise<UpstreamToken> {
  const shown = await fingerprintOf(facts.value)
  const show = (): string => shown
  return Object.freeze({
    value: new Secret(facts.value),
    fingerprint: shown,
    obtainedAt: facts.obtainedAt,
    expiresAt: facts.expiresAt,
    grantedScopes: facts.grantedScopes,
    statedSeconds: facts.statedSeconds,
    difference: facts.difference,
    ...(facts.certificate && { certificate: facts.certificate }),
    toJSON: show,
    toString: show,
    [Symbol.for('nodejs.util.inspect.custom')]: show,
  })
}

async function fingerprintOf(value: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(value))
  return Buffer.from(digest).toString('hex', 0, 8)
}
