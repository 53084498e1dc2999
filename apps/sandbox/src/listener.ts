import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An HTTP server of the sandbox. It is reachable from this machine only: nothing here is hardened. */
export interface Listener {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string
  /** Stops listening and cuts open connections. */
  close(): Promise<void>
}

/**
 * Listens on `port` of the loopback interface (0: a free one). The handler is made when the address is
 * known, because an issuer has to know its own name.
 *
 * @throws {Error} with code `EADDRINUSE` when the port is taken
 */
export async function listen(
  port: number,
  createHandler: (origin: string) => RequestListener,
): Promise<Listener> {
  const server = createServer()
  const origin = await new Promise<string>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      server.on('request', createHandler(address))
      resolve(address)
    })
  })
  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
  return { origin, close }
}
