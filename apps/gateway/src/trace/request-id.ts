import { randomHex } from './random-hex.ts'

/** A caller's own id of a request is taken over when nothing can be smuggled in it. */
const usable = /^[A-Za-z0-9._-]{8,64}$/

/** The id of a request that says none, or none that can be used: 32 hexadecimal digits. */
export function newRequestId(): string {
  return randomHex(16)
}

/** @param given what the caller's `X-Request-Id` says */
export function requestIdOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && usable.test(given) ? given : newRequestId()
}
