import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StateHandler } from '../support/verify-provider.ts'

/** Makes states so on behalf of pact's native core, which does not ask pact-js then. */
export interface StateServer extends AsyncDisposable {
  readonly url: string
}

/**
 * Answers 422 where a state is unknown or cannot be made: the core then counts that interaction as failed, and
 * leaves a pending one pending (a 500 it would ask again and again). pact-js itself would call the first a
 * warning and the second a success.
 */
export async function startStateServer(
  handlers: ReadonlyMap<string, StateHandler>,
  restore?: () => void,
): Promise<StateServer> {
  const server = createServer((request, response) => {
    answer(request, handlers, restore).then(
      (values) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(values)),
      (error: unknown) => response.writeHead(422, { 'content-type': 'text/plain' }).end(String(error)),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function answer(
  request: IncomingMessage,
  handlers: ReadonlyMap<string, StateHandler>,
  restore: (() => void) | undefined,
): Promise<Record<string, string>> {
  const { state, params, action } = JSON.parse(Buffer.concat(await request.toArray()).toString())
  if (action === 'teardown') restore?.()
  if (action === 'teardown' || state === '') return {}
  const handle = handlers.get(state)
  if (handle === undefined) throw new Error(`no handler makes the state "${state}" so`)
  return (await handle(params ?? {})) ?? {}
}
