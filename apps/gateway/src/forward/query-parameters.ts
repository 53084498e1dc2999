import { parameterKey, parameterName } from '@countersign/auth-core'

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

function keptOf(piece: string, names: ReadonlySet<string>): string[] {
  const parts = piece.split(';')
  const kept = parts.filter((part) => !names.has(parameterKey(parameterName(part))))
  if (kept.length === parts.length) return [piece]
  return kept.length === 0 ? [] : [kept.join(';')]
}
