/** A SPIFFE ID taken apart. */
export interface SpiffeId {
  readonly trustDomain: string
  /** With its leading slash; empty for the trust domain itself. */
  readonly path: string
}

const maxBytes = 2048
const idPattern = /^spiffe:\/\/([a-z0-9._-]{1,255})((?:\/[A-Za-z0-9._-]+)*)$/

/**
 * Takes a SPIFFE ID apart (SPIFFE-ID 2): lower-case trust domain, segments of letters, digits, `.`, `_`, `-`,
 * none of them empty, `.` or `..`; no port, user, query, fragment or percent-encoding, at most 2048 bytes.
 * `undefined` for anything else: an id that can be spelt in two ways is none.
 */
export function parseSpiffeId(text: string): SpiffeId | undefined {
  if (text.length > maxBytes) return undefined
  const [, trustDomain, path] = idPattern.exec(text) ?? []
  if (trustDomain === undefined || path === undefined) return undefined
  return /\/\.\.?(?:\/|$)/.test(path) ? undefined : { trustDomain, path }
}

/** Is this the name of a trust domain (SPIFFE-ID 2.1)? */
export function isTrustDomain(text: string): boolean {
  return parseSpiffeId(`spiffe://${text}`)?.path === ''
}
