import type { Server } from 'node:http'
import { setTimeout as nextTurn } from 'node:timers/promises'

/**
 * Stops accepting, lets what is in flight finish, and closes idle connections at once.
 *
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
  if (!finished) server.closeAllConnections()
  // The calls that were cut learn it at the end of the event loop's turn, later than the server. Until then,
  // what they wait for must not go away: they would blame that.
  await closed
  await nextTurn()
  return finished
}
