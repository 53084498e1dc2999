/** A parameter's name in the one form in which all of its spellings are equal. */
export function parameterKey(name: string): string {
  const decoded = fullyDecoded(name.replaceAll('+', ' ')).normalize('NFKC').toLowerCase()
  const stem = decoded.replace(/^[[\]\s]+/, '').replace(/[[\]].*$/s, '')
  return stem.replace(/[^\p{L}\p{N}]/gu, '')
}

/** The name in `name=value`, also where the `=` is escaped. */
export function parameterName(part: string): string {
  const end = part.search(/=|%3d/i)
  return end === -1 ? part : part.slice(0, end)
}

/** Decoded until nothing changes: some servers decode twice. Escapes that are none stay as they are. */
function fullyDecoded(text: string): string {
  let current = text.replace(/%u([0-9a-f]{4})/gi, (_escape, code) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
  for (let round = 0; round < 5 && current.includes('%'); round += 1) {
    const next = current.replace(/(?:%[0-9a-f]{2})+/gi, decodeOrKeep)
    if (next === current) break
    current = next
  }
  return current
}

function decodeOrKeep(escapes: string): string {
  try {
    return decodeURIComponent(escapes)
  } catch {
    return Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('latin1')
  }
}
