import { once } from 'node:events'
import { createServer, connect as open, type Server, type Socket } from 'node:net'
import { type ConnectionFault, passesOn } from './connection-fault.ts'
import { type DeafListener, startDeafListener } from './deaf-listener.ts'
import { type LoopbackServer, listenOnLoopback } from './loopback-server.ts'

/** A connection in between, on which a test can do what networks and dying servers do. */
export interface FaultProxy extends LoopbackServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** Connections that came in so far. */
  readonly connections: number
  /** Connections that are open towards the proxy. */
  readonly open: number
  /** Does this to the coming connections, one each. Those that exist are cut: they would go on as before. */
  next(...faults: ConnectionFault[]): void
  /** Does this to every further connection; cuts those that exist. */
  always(fault: ConnectionFault): void
  /** Hands everything on again; cuts the connections that exist. */
  recover(): void
  /** Nobody listens any more: connections are refused, until {@link FaultProxy.listen}. */
  refuse(): Promise<void>
  /** To whoever connects nothing is said, neither yes nor no, until {@link FaultProxy.listen}. */
  ignore(): Promise<void>
  /** Listens again at the same port. */
  listen(): Promise<void>
}

/** Starts a proxy before the server at `target`, an origin like `http://127.0.0.1:80`. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(target)
  const connect = () => open(Number(port), hostname)
  const line = createLine(connect)
  const server = createServer()
  const listening = await listenOnLoopback(server)
  const held = await holdPort(server, listening)
  server.on('connection', line.take)
  let deaf: DeafListener | undefined
  async function refuse(): Promise<void> {
    if (server.listening) server.close()
    line.cut()
    await deaf?.close()
    deaf = undefined
  }
  async function close(): Promise<void> {
    await refuse()
    if (held.destroyed) return
    held.destroy()
    await once(held, 'close')
  }
  return Object.assign(line.controls, listening, {
    url: `http://${listening.authority}`,
    refuse,
    async ignore() {
      await refuse()
      deaf = await startDeafListener(listening.port)
    },
    async listen() {
      await refuse()
      await listenAgain(server, listening.port)
    },
    close,
    [Symbol.asyncDispose]: close,
  })
}

/**
 * Keeps the port while nobody listens there: the system gives a port to no one else as long as a connection that was
 * accepted there is open. Without it a test next door may get the port, and with it requests meant for this proxy.
 */
async function holdPort(server: Server, { host, port }: LoopbackServer): Promise<Socket> {
  const accepted = once(server, 'connection')
  const holding = open(port, host)
  const [held] = (await accepted) as [Socket]
  held.on('error', () => {}).once('close', () => holding.destroy())
  return held
}

function createLine(connect: () => Socket) {
  const clients = new Set<Socket>()
  const coming: ConnectionFault[] = []
  let lasting = passesOn()
  let connections = 0

  function cut(): void {
    for (const client of clients) client.destroy()
  }
  function take(client: Socket): void {
    connections += 1
    clients.add(client)
    client.on('error', () => {}).once('close', () => clients.delete(client))
    function connectFor(): Socket {
      const server = connect()
      server.on('error', () => client.destroy()).once('close', () => client.end())
      client.once('close', () => server.destroy())
      return server
    }
    const fault = coming.shift() ?? lasting
    fault(client, connectFor)
  }
  const controls = {
    get connections() {
      return connections
    },
    get open() {
      return clients.size
    },
    next(...faults: ConnectionFault[]) {
      coming.push(...faults)
      cut()
    },
    always(fault: ConnectionFault) {
      coming.length = 0
      lasting = fault
      cut()
    },
    recover: () => controls.always(passesOn()),
  }
  return { controls, take, cut }
}

async function listenAgain(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
}
