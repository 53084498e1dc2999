import type { TokenHeader } from './check-header.ts'
import type { CompactJws } from './compact-jws.ts'
import type { Issuer } from './issuer.ts'
import type { KeyRing } from './key-ring.ts'
import { quoted } from './quoted.ts'
import { refusal } from './refusal.ts'
import type { VerificationKey } from './verification-key.ts'

/**
 * The key of the issuer that made this token's signature. Where none did, the issuer may have a new key: a
 * newer set is asked for, within the key set's cooldown, and only its verdict is final.
 *
 * @throws {Fault} `identity.refused` no key made it; `identity.keys-unavailable` there is no set, or there is no
 * fitting key in a set that cannot be refreshed at the moment; `gateway.exhausted` the same for want of a descriptor
 */
export async function verifySignature(
  jws: CompactJws,
  header: TokenHeader,
  issuer: Issuer,
): Promise<VerificationKey> {
  const answer = issuer.keys.current()
  const ring = await answer
  const key = await signerAmong(ring, jws, header)
  if (key !== undefined) return key
  // A set that had to be waited for is as new as this token; asking again would tell nothing.
  const newer = answer instanceof Promise ? undefined : await issuer.keys.newerThan(ring)
  const lateKey = newer && (await signerAmong(newer, jws, header))
  if (lateKey !== undefined) return lateKey
  throw unverified(newer ?? ring, header, issuer)
}

async function signerAmong(
  ring: KeyRing,
  { signed, signature }: CompactJws,
  { algorithm, kid }: TokenHeader,
): Promise<VerificationKey | undefined> {
  for (const candidate of ring.candidates(algorithm, kid)) {
    if (await candidate.checks.get(algorithm)?.(signed, signature)) return candidate
  }
  return undefined
}

function unverified(ring: KeyRing, { algorithm, kid }: TokenHeader, issuer: Issuer): Error {
  const name = kid === undefined ? 'names no key' : `names key ${quoted(kid)}`
  if (ring.candidates(algorithm, kid).length > 0) {
    return refusal(issuer.name, `${name} and has a signature that does not verify with ${algorithm}`)
  }
  // Perhaps the key is new and the issuer cannot tell us: that is not the caller's fault.
  const ignored = ring.ignored.length === 0 ? '' : `, ${ring.ignored.length} left out: ${ring.ignored[0]}`
  return (
    issuer.keys.failure() ??
    refusal(issuer.name, `${name}, and none of its ${ring.size} keys fits ${algorithm}${ignored}`)
  )
}
