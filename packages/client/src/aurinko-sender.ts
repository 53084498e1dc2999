import type {
  AurinkoOffsetPage,
  AurinkoPage,
  AurinkoSavedAccount,
  AurinkoSent,
  AurinkoSync,
} from './aurinko-records.ts'
import { type Accept, type Call, type CallOptions, call } from './call.ts'
import { hasId } from './has-id.ts'
import type { Upstream } from './upstream.ts'

/** Sends a call to Aurinko and accepts one of the kinds of answer that it has. */
export interface AurinkoSender {
  /** A record of the provider's, whose id is text. */
  one<T extends { readonly id: string }>(request: Call, options?: CallOptions): Promise<T>
  /** A record of Aurinko's own, whose id is a number. */
  numbered<T extends Numbered>(request: Call, options?: CallOptions): Promise<T>
  page<T extends { readonly id: string }>(at: string, options?: CallOptions): Promise<AurinkoPage<T>>
  offsetPage<T extends Numbered>(at: string, options?: CallOptions): Promise<AurinkoOffsetPage<T>>
  saved(request: Call, options?: CallOptions): Promise<AurinkoSavedAccount>
  sent(request: Call, options?: CallOptions): Promise<AurinkoSent>
  sync(request: Call, options?: CallOptions): Promise<AurinkoSync>
  /** A success, whatever it says: `Ok` is spelt in two ways, and often there is nothing. */
  tell(request: Call, options?: CallOptions): Promise<void>
}

interface Numbered {
  readonly id: number
}

/** The {@link AurinkoSender} of an upstream. */
export function aurinkoSender(upstream: Upstream): AurinkoSender {
  return {
    one<T extends { readonly id: string }>(request: Call, options?: CallOptions) {
      const accept: Accept<T> = hasId
      return call(upstream, request, options, accept)
    },
    numbered<T extends Numbered>(request: Call, options?: CallOptions) {
      const accept: Accept<T> = hasNumber
      return call(upstream, request, options, accept)
    },
    page<T extends { readonly id: string }>(at: string, options?: CallOptions) {
      const accept: Accept<AurinkoPage<T>> = isPageOf<T>(hasId)
      return call(upstream, { method: 'GET', path: at }, options, accept)
    },
    offsetPage<T extends Numbered>(at: string, options?: CallOptions) {
      const accept: Accept<AurinkoOffsetPage<T>> = isPageOf<T>(hasNumber)
      return call(upstream, { method: 'GET', path: at }, options, accept)
    },
    saved: (request, options) => call(upstream, request, options, isSavedAccount),
    sent: (request, options) => call(upstream, request, options, isSent),
    sync: (request, options) => call(upstream, request, options, isSync),
    tell: (request, options) => call(upstream, request, options),
  }
}

/** A query of the members that are there, or nothing. */
export function query(members: object = {}): string {
  const there = Object.entries(members).filter(([, value]) => value !== undefined)
  return there.length === 0 ? '' : `?${new URLSearchParams(there.map(([k, v]) => [k, String(v)]))}`
}

function hasNumber<T extends Numbered>(value: unknown): value is T {
  return isObject(value) && Number.isSafeInteger(value.id)
}

function isPageOf<T>(accept: Accept<T>): Accept<{ readonly records: readonly T[] }> {
  return (value): value is { readonly records: readonly T[] } =>
    isObject(value) && Array.isArray(value.records) && value.records.every(accept)
}

function isSavedAccount(value: unknown): value is AurinkoSavedAccount {
  return isObject(value) && Number.isSafeInteger(value.accountId)
}

function isSent(value: unknown): value is AurinkoSent {
  return isObject(value) && typeof value.status === 'string'
}

function isSync(value: unknown): value is AurinkoSync {
  return isObject(value) && typeof value.ready === 'boolean'
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
