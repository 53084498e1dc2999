/** More rounds than any chain of servers decodes. */
const mostRounds = 4

/**
 * The text without percent-encoding, a character for each byte, however often it was encoded; escapes that are
 * none stay. For finding something that was hidden; nothing is ever sent on from it.
 */
export function percentDecoded(text: string): string {
  let current = text
  for (let round = 0; round < mostRounds && current.includes('%'); round += 1) {
    const next = current.replaceAll(/%([0-9A-Fa-f]{2})/g, decodedByte)
    if (next === current) break
    current = next
  }
  return current
}

function decodedByte(_escape: string, hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16))
}
