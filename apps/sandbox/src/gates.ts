import type { TokenEndpointFailure } from './token-endpoint-failure.ts'

/** How often a vendor's token endpoint and API were asked, refused requests included. */
export interface RequestCounts {
  readonly token: number
  readonly api: number
}

/** What a request passes before anything else: it is counted, and broken or refused if the sandbox was told so. */
export interface Gates {
  readonly counts: RequestCounts
  /** Counts a token request; a failure it returns is what the client gets. */
  admitToken(): TokenEndpointFailure | undefined
  /** Counts an API request. @returns how many more are admitted now: -1 is one too many */
  admitApi(): number
  failToken(failure: TokenEndpointFailure | undefined): void
  limitApi(remaining: number | undefined): void
  /** Nothing fails, nothing is limited, nothing was counted. */
  reset(): void
}

/** Gates that let everything pass. */
export function createGates(): Gates {
  const counts = { token: 0, api: 0 }
  let failure: TokenEndpointFailure | undefined
  let remaining = Number.POSITIVE_INFINITY
  return {
    counts,
    admitToken() {
      counts.token += 1
      return failure
    },
    admitApi() {
      counts.api += 1
      remaining = Math.max(remaining - 1, -1)
      return remaining
    },
    failToken(next) {
      failure = next
    },
    limitApi(next = Number.POSITIVE_INFINITY) {
      remaining = next
    },
    reset() {
      Object.assign(counts, { token: 0, api: 0 })
      failure = undefined
      remaining = Number.POSITIVE_INFINITY
    },
  }
}
