/**
 * A query (with its `?`, or empty) without the parameters of these names, whatever their spelling; everything
 * else stays byte for byte. Servers differ in what they take for one name, so the widest reading counts: any
 * case, any percent-encoding, `[]` and what follows it, `-`, `.`, `_` and blanks alike, and `;` between
 * parameters (which some servers split at).
 *
 * @param names as {@link parameterKey} gives them
 */
export function withoutParameters(query: string, names: ReadonlySet<string>): string {
  if (query.length < 2) return query
  const pieces = query.slice(1).split('&')
  const kept = pieces.flatMap((piece) => keptOf(piece, names))
  if (kept.length === pieces.length && kept.every((piece, at) => piece === pieces[at])) return query
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}

/** A parameter's name in the one form in which all of its spellings are equal. */
export function parameterKey(name: string): string {
  const decoded = fullyDecoded(name.replaceAll('+', ' ')).normalize('NFKC').toLowerCase()
  const stem = decoded.replace(/^[[\]\s]+/, '').replace(/[[\]].*$/s, '')
  return stem.replace(/[^\p{L}\p{N}]/gu, '')
}

function keptOf(piece: string, names: ReadonlySet<string>): string[] {
  const parts = piece.split(';')
  const kept = parts.filter((part) => !names.has(parameterKey(nameOf(part))))
  if (kept.length === parts.length) return [piece]
  return kept.length === 0 ? [] : [kept.join(';')]
}

function nameOf(part: string): string {
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
