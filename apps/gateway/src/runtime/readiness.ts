import type { Issuer } from '@countersign/auth-core'
import type { Upstream } from './set-up-upstream.ts'

/** Whether the gateway can do its work, and what stands in the way. Last known state: asking changes nothing. */
export interface Readiness {
  readonly ready: boolean
  /** `unknown` until a call needed it: nothing is minted to answer a probe. */
  readonly upstreams: Readonly<Record<string, string>>
  readonly issuers: Readonly<Record<string, string>>
}

/**
 * Ready while at least one issuer's callers can be recognised. An upstream that fails is named, and takes
 * nobody else's calls down with it.
 */
export function readinessOf(parts: {
  issuers: readonly Issuer[]
  upstreams: readonly Upstream[]
}): Readiness {
  const issuers = issuerStates(parts.issuers)
  const upstreams = Object.fromEntries(parts.upstreams.map((upstream) => [upstream.name, stateOf(upstream)]))
  const states = Object.values(issuers)
  const ready = states.length === 0 || states.some((state) => !state.startsWith('failing'))
  return { ready, upstreams, issuers }
}

/** The state of each issuer's keys. */
export function issuerStates(issuers: readonly Issuer[]): Record<string, string> {
  return Object.fromEntries(
    issuers.map(({ name, keys }) => {
      const failure = keys.failure()
      if (keys.isUsable()) return [name, failure ? `using known keys: ${failure.code}` : 'ok']
      return [name, failure ? `failing: ${failure.code}` : 'unknown']
    }),
  )
}

function stateOf({ name, tokens, circuit }: Upstream): string {
  const reading = circuit?.reading()
  if (reading?.state === 'open') return `left alone: ${reading.because ?? 'a status that counts'}`
  if (reading?.state === 'half-open') return 'being tried again'
  const status = tokens.status()
  if (status.state === 'needs-consent') {
    const needed = `needs consent: /connect/${name}, or countersign connect ${name}`
    return status.givenAt === undefined
      ? needed
      : `${needed}; the one there is was given at ${status.givenAt}`
  }
  return status.state === 'failing' ? `failing: ${status.code}` : status.state
}
