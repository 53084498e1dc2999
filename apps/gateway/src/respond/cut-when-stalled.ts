import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** How long a caller may take nothing of an answer of the gateway's own, in milliseconds. */
const ownIdleMs = 60_000

/**
 * Cuts the connection of an answer that has been ended, when the caller takes nothing of what is left of it for so
 * long. Nothing else would: the call is over, and the connection is not idle.
 */
export function cutWhenStalled(res: ServerResponse, idleMs: number = ownIdleMs): void {
  const { socket } = res
  // As nearly always: the system has taken it all.
  if (socket === null || socket.writableLength === 0) return
  let before = takenOf(socket)
  const looks = setInterval(() => {
    const taken = takenOf(socket)
    if (taken === before) socket.destroy()
    before = taken
  }, idleMs)
  res.once('close', () => clearInterval(looks))
}

function takenOf(socket: Socket): number {
  return socket.bytesWritten - socket.writableLength
}
