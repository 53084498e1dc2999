import type { FaultCode } from '../fault.ts'

/** How the latest request to a token endpoint went. Times in milliseconds since the Unix epoch. */
export type TokenStatus =
  /** Never asked: nothing is minted before a call needs it. */
  | { readonly state: 'unknown' }
  | { readonly state: 'ok'; readonly since: number }
  /** No token, and none to be had without a person: see `createConsentSource`. `givenAt`: where there is one for. */
  | { readonly state: 'needs-consent'; readonly since: number; readonly givenAt?: string | undefined }
  /** `since`: the first failure in a row. Tokens held already keep serving. */
  | { readonly state: 'failing'; readonly since: number; readonly code: FaultCode }

/** The status after one more request. */
export function nextStatus(present: TokenStatus, result: 'ok' | FaultCode, now: number): TokenStatus {
  if (result === 'ok') return present.state === 'ok' ? present : { state: 'ok', since: now }
  return { state: 'failing', since: present.state === 'failing' ? present.since : now, code: result }
}
