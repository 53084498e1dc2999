import type { Duplex } from 'node:stream'

/** How long a caller that goes on sending gets to read the answer, in milliseconds. */
const lingerMs = 1000

/**
 * Ends a connection behind its last answer. A caller that goes on sending is left a moment to read it; one that keeps
 * its side open is not waited for any longer, since it would hold the connection for as long as it likes.
 *
 * @param lastWords sent before
 */
export function endConnection(socket: Duplex, lastWords?: string): void {
  socket.end(lastWords)
  const lingering = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(lingering))
}
