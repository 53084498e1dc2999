import { createServer } from 'node:http'
import { listenOnLoopback } from '@countersign/testkit'

/** A port of the loopback interface that was free a moment ago, for servers that cannot choose one. */
export async function freePort(): Promise<number> {
  const server = await listenOnLoopback(createServer())
  await server.close()
  return server.port
}
