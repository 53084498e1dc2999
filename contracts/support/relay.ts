import { connect, createServer, type Socket } from 'node:net'
import { listenOnLoopback } from '@countersign/testkit'

/** One address for the many that a consumer meets, one after the other: a mock server has a new one each time. */
export interface Relay extends AsyncDisposable {
  readonly url: string
  /** Sends new connections there, byte for byte, once all earlier ones have been closed on both sides. */
  pointAt(url: string): Promise<void>
  close(): Promise<void>
}

/** Starts a relay that leads nowhere yet. */
export async function startRelay(): Promise<Relay> {
  const open = new Set<Socket>()
  let port = 0
  const server = createServer({ allowHalfOpen: false }, (socket) => {
    const beyond = connect({ host: '127.0.0.1', port })
    open.add(socket)
    socket.once('close', () => {
      open.delete(socket)
      beyond.destroy()
    })
    for (const end of [socket, beyond]) end.on('error', () => socket.destroy())
    socket.pipe(beyond).pipe(socket)
  })
  const { authority, close } = await listenOnLoopback(server)
  return {
    url: `http://${authority}`,
    async pointAt(url) {
      // The consumer keeps connections alive; one that it has not seen closed it would use again.
      await Promise.all([...open].map(closed))
      port = Number(new URL(url).port)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve())
    socket.unpipe()
    socket.resume()
    socket.end()
  })
}
