import { Agent, request } from 'node:http'
import type { Caller } from './caller.ts'

/** How one call of a load ended. */
export interface LoadedCall {
  readonly id: string
  /** Of a whole answer. */
  readonly status?: number
  /** Why there is no whole answer; with `hasBegun`, a part of one came. */
  readonly error?: string
  readonly hasBegun?: true
}

/** A load that goes on until it is stopped. */
export interface Load {
  /** Whole answers so far. */
  readonly answered: number
  /** Ends it when the calls that are being made have ended. @returns every call, in no order */
  stop(): Promise<readonly LoadedCall[]>
}

/**
 * Calls the gateway as services do: so many callers at a time, each with its next call as soon as the one before has
 * ended, over connections that are kept.
 */
export function startLoad(port: number, caller: Caller, callers = 16): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: callers })
  const calls: LoadedCall[] = []
  const authorization = caller.fill('Bearer $J')
  let isStopped = false
  let answered = 0

  async function callOnAndOn(name: number): Promise<void> {
    for (let number = 1; !isStopped; number += 1) {
      const outcome = await call({ agent, port, authorization, id: `load.${name}.${number}` })
      calls.push(outcome)
      if (outcome.status !== undefined) answered += 1
      // Nobody is there any more: that is not worth trying thousands of times a second.
      else await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const all = Array.from({ length: callers }, (_, name) => callOnAndOn(name))
  return {
    get answered() {
      return answered
    },
    async stop() {
      isStopped = true
      await Promise.all(all)
      agent.destroy()
      return calls
    },
  }
}

interface Planned {
  readonly agent: Agent
  readonly port: number
  readonly authorization: string
  readonly id: string
}

function call({ agent, port, authorization, id }: Planned): Promise<LoadedCall> {
  const headers = { authorization, 'x-request-id': id }
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException, hasBegun?: true) =>
      resolve({ id, error: error.code ?? error.message, ...(hasBegun && { hasBegun }) })
    request({ host: '127.0.0.1', port, path: '/u1/public/x', agent, headers }, (response) => {
      response.on('error', (error) => failed(error, true))
      response.on('end', () => resolve({ id, status: response.statusCode ?? 0 }))
      response.resume()
    })
      .on('error', failed)
      .end()
  })
}
