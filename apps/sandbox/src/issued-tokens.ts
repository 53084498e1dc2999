/** Which of the tokens handed out still count. */
export interface IssuedTokens {
  add(tokenId: string): void
  /** This one stops counting. */
  revoke(tokenId: string): void
  /** Every token handed out so far stops counting, long before it expires. */
  revokeAll(): void
  isGood(tokenId: string): boolean
}

/** Knows tokens by their `jti`. */
export function createIssuedTokens(): IssuedTokens {
  const good = new Set<string>()
  return {
    add: (tokenId) => void good.add(tokenId),
    revoke: (tokenId) => void good.delete(tokenId),
    revokeAll: () => good.clear(),
    isGood: (tokenId) => good.has(tokenId),
  }
}
