/** What this process or machine lacks to make a connection: nothing to do with who was asked. */
const shortages: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS'])

/** Did a request fail before anything of it could be sent, for want of a descriptor or a buffer? */
export function isShortage(error: unknown): boolean {
  return shortages.has(reasonOf(error))
}

/** The first machine-readable code on the way down an error's causes, or an empty text: messages may quote addresses. */
export function reasonOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code
    if (at.name === 'TimeoutError' || at.name === 'AbortError') return at.name
  }
  return ''
}
