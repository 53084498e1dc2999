import { withoutTokens } from '../edge/compact-tokens.ts'
import type { ExchangeRequest } from './exchange-request.ts'

/** What a token request asks for, as it may be put on record. */
export type AskedToken =
  | {
      /** Empty: whatever the rule has. */
      readonly scopes: readonly string[]
      readonly audience: readonly string[]
      readonly resource: readonly string[]
    }
  /** More than is kept: the request may have 64 KiB, and whoever sends it chooses them. */
  | { readonly too_long: true }

/** In characters, all together. Real ones have about a hundred. */
const maxLength = 1024

/** Of the request nothing but these; a token that stands among them shows as `[token]`. */
export function askedToken({ scopes, audiences, resources }: ExchangeRequest): AskedToken {
  const all = [...scopes, ...audiences, ...resources]
  if (all.length > maxLength || all.join(' ').length > maxLength) return { too_long: true }
  const shown = (texts: readonly string[]) => texts.map(withoutTokens)
  return { scopes: shown(scopes), audience: shown(audiences), resource: shown(resources) }
}
