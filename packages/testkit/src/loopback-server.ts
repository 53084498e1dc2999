import type { AddressInfo, Server, Socket } from 'node:net'

/** A listening server of a test, on a port that the system chose. */
export interface LoopbackServer extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  /** `host:port`, as in a `Host` header. */
  readonly authority: string
  /** Stops listening and cuts every open connection, so that a test never waits for a forgotten one. */
  close(): Promise<void>
}

/** Listens on a free port of the loopback interface and of nothing else. */
export async function listenOnLoopback(server: Server): Promise<LoopbackServer> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return { host: '127.0.0.1', port, authority: `127.0.0.1:${port}`, close, [Symbol.asyncDispose]: close }
}
