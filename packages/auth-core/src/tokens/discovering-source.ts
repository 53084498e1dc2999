import type { Grant } from '../policy/grant.ts'
import type { AudienceFinder } from './audience-finder.ts'
import type { ObservableTokenSource } from './create-token-source.ts'
import type { Minted, UpstreamToken } from './upstream-token.ts'

/**
 * A token source whose audience the upstream tells: where a grant names none, the one that was found goes
 * into the token request. A grant that names one is left alone.
 *
 * When the API says that the audience is wrong it is looked up again, once, and a token for the new one is
 * minted; what other calls hold meanwhile goes on serving.
 *
 * @throws {Fault} beside those of the source, what {@link AudienceFinder} throws
 */
export function createDiscoveringSource(
  tokens: ObservableTokenSource,
  finder: AudienceFinder,
): ObservableTokenSource {
  /** For which audience a token was asked for: by the time it is refused, another may be known. */
  const audiences = new WeakMap<UpstreamToken, string>()

  function mintFor(grant: Grant, audience: string): Minted | Promise<Minted> {
    const minted = tokens.mint(withAudience(grant, audience))
    return minted instanceof Promise ? minted.then(noted) : noted(minted)

    function noted(ready: Minted): Minted {
      audiences.set(ready.token, audience)
      return { ...ready, audience }
    }
  }
  function grantOf(grant: Grant, token: UpstreamToken): Grant {
    return withAudience(grant, audiences.get(token) ?? finder.current())
  }
  const isExplicit = (grant: Grant) => grant.tokenRequest.audience !== undefined

  return {
    mint(grant) {
      if (isExplicit(grant)) return tokens.mint(grant)
      const known = finder.current()
      return known === undefined
        ? finder.find().then((found) => mintFor(grant, found))
        : mintFor(grant, known)
    },
    async replace(grant, rejected, reason) {
      if (isExplicit(grant)) return await tokens.replace(grant, rejected, reason)
      if (reason === 'audience') {
        const wrong = audiences.get(rejected) ?? (await finder.find())
        return await mintFor(grant, await finder.findOther(wrong))
      }
      const same = grantOf(grant, rejected)
      const minted = await tokens.replace(same, rejected, reason)
      const audience = same.tokenRequest.audience
      if (audience !== undefined) audiences.set(minted.token, audience)
      return { ...minted, audience }
    },
    accepted(grant, token) {
      tokens.accepted(isExplicit(grant) ? grant : grantOf(grant, token), token)
    },
    status: () => tokens.status(),
    soonestExpiry: () => tokens.soonestExpiry(),
  }
}

function withAudience(grant: Grant, audience: string | undefined): Grant {
  return { ...grant, tokenRequest: { ...grant.tokenRequest, audience } }
}
