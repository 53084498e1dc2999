import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const looking = Symbol('looks at what is taken')

/** Set on the few that stall only, so that all others keep their shape. */
interface Stalling extends ServerResponse {
  [looking]?: NodeJS.Timeout
}

/**
 * Cuts the connection of an answer that has been ended, when the caller takes nothing of what is left of it for so
 * long. Nothing else would: the call is over, and the connection is not idle. Said once more, the latter bound holds.
 */
export function cutWhenStalled(res: ServerResponse, idleMs: number): void {
  const { socket } = res
  // As nearly always: the system has taken it all.
  if (socket === null || socket.writableLength === 0) return
  const stalling: Stalling = res
  if (stalling[looking] === undefined) res.once('close', () => clearInterval(stalling[looking]))
  else clearInterval(stalling[looking])
  let before = takenOf(socket)
  stalling[looking] = setInterval(() => {
    const taken = takenOf(socket)
    if (taken === before) socket.destroy()
    before = taken
  }, idleMs)
}

function takenOf(socket: Socket): number {
  return socket.bytesWritten - socket.writableLength
}
