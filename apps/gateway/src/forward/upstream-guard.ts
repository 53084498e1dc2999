import type { ServerResponse } from 'node:http'
import type { Answering, Circuit } from './circuit.ts'
import type { Places } from './places.ts'

/** What stands between the gateway and one upstream, so that its troubles stay its own. */
export interface UpstreamGuard {
  /**
   * Makes a call when there is a place for it and the upstream is not being left alone.
   *
   * @param make is given what it shall tell the status of an answer to, as soon as that is known
   * @throws {Fault} `upstream.overloaded`, `upstream.circuit-open`, `client.gone`, and what the call throws
   */
  call<Result extends { readonly status: number }>(
    res: ServerResponse,
    make: (answering: Answering) => Promise<Result>,
  ): Promise<Result>
  /**
   * Waits for the upstream's token, as one of those who wait for this upstream.
   *
   * @param ask asks for the token; not called when the call could not be made
   * @throws {Fault} `upstream.overloaded`, `upstream.circuit-open`, and what asking throws
   */
  token<Result>(ask: () => Result | Promise<Result>): Result | Promise<Result>
}

/** Guards one upstream. Without a circuit it is called however it fares. */
export function createUpstreamGuard(places: Places, circuit: Circuit | undefined): UpstreamGuard {
  async function inPlace<Result extends { readonly status: number }>(
    { req }: ServerResponse,
    make: (answering: Answering) => Promise<Result>,
  ) {
    const arriving = req.complete ? undefined : places.arriving(req)
    try {
      circuit?.assertClosed()
      return await (circuit ? circuit.watch(make) : make(() => {}))
    } finally {
      places.leave(arriving)
    }
  }

  return {
    call(res, make) {
      const turn = places.enter(res)
      return turn ? turn.then(() => inPlace(res, make)) : inPlace(res, make)
    },
    token(ask) {
      circuit?.assertClosed()
      const token = ask()
      return token instanceof Promise ? places.whileWaiting(token) : token
    },
  }
}
