import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as nextTurn } from 'node:timers/promises'

const connections = new WeakMap<Server, Set<Socket>>()

/**
 * Keeps an eye on a server's connections, to be cut when the time is up. Node forgets those that were taken over
 * for another protocol, and does not know yet those that are still in their TLS handshake; either would keep a
 * server from closing for as long as it likes.
 */
export function trackConnections(server: Server): void {
  const open = new Set<Socket>()
  connections.set(server, open)
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
}

/**
 * Stops accepting, lets what is in flight finish, and closes idle connections at once.
 *
 * @param server one whose connections are tracked
 * @returns true when everything finished; false when the time was up and connections were cut
 */
export async function closeGracefully(server: Server, withinMs: number): Promise<boolean> {
  const closed = new Promise<boolean>((resolve) => server.close(() => resolve(true)))
  server.closeIdleConnections()
  // A connection that becomes idle after its last answer has nothing to wait for either.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), withinMs)
  })
  const finished = await Promise.race([closed, late])
  clearInterval(sweep)
  clearTimeout(timer)
  if (!finished) for (const socket of connections.get(server) ?? []) socket.destroy()
  // The calls that were cut learn it at the end of the event loop's turn, later than the server. Until then,
  // what they wait for must not go away: they would blame that.
  await closed
  await nextTurn()
  return finished
}
