import { IdentityError } from './identity-error.ts'
import type { IdentitySource } from './identity-source.ts'
import { keepUntilExpiry } from './keep-until-expiry.ts'

const timeoutMs = 10_000

/** What the token of a GitHub Actions job is asked for. */
export interface GithubActionsOptions {
  /** The gateway's audience, exactly as its configuration has it (`gateway.audience`). */
  readonly audience: string
  /** Default: the global `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
}

/**
 * The OIDC token of a GitHub Actions job. The job needs `permissions: id-token: write`; the runner then sets
 * `ACTIONS_ID_TOKEN_REQUEST_URL` and `ACTIONS_ID_TOKEN_REQUEST_TOKEN`, read when a token is first asked for.
 *
 * `token()` throws {@link IdentityError} outside such a job, and when the runner's endpoint refuses.
 */
export function githubActionsIdentity(options: GithubActionsOptions): IdentitySource {
  return { token: keepUntilExpiry('GitHub Actions', () => requestToken(options)) }
}

async function requestToken({ audience, fetch = globalThis.fetch }: GithubActionsOptions): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: credential } = process.env
  if (!address || !credential)
    throw new IdentityError(
      'this is not a GitHub Actions job with `permissions: id-token: write`: ' +
        'ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not set',
    )
  const url = new URL(address)
  url.searchParams.set('audience', audience)
  const response = await fetch(url.href, {
    headers: { authorization: `Bearer ${credential}`, accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (!response.ok) {
    await response.body?.cancel()
    throw new IdentityError(`GitHub's OIDC endpoint answered ${response.status}`)
  }
  return tokenIn(await response.json())
}

function tokenIn(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'value' in answer && typeof answer.value === 'string')
    return answer.value
  throw new IdentityError("GitHub's OIDC endpoint answered without a token")
}
