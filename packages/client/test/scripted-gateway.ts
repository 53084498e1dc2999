import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type FaultCode, faultKinds, faultType } from '@countersign/auth-core/client'

/** A request as the server saw it. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** How the server answers one request. */
export type Answer = (response: ServerResponse, seen: Seen) => void

/** A real HTTP server that gives one scripted answer after another, the last of them for ever. */
export interface ScriptedGateway extends AsyncDisposable {
  readonly url: string
  readonly seen: readonly Seen[]
}

export async function startScriptedGateway(...script: Answer[]): Promise<ScriptedGateway> {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url = '', headers } = request
    const one = { method, url, headers, body: Buffer.concat(chunks).toString() }
    const answer = script[Math.min(seen.length, script.length - 1)]
    seen.push(one)
    answer?.(response, one)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** An answer of an upstream that the gateway passes through. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-request-id': 'req-upstream',
      ...headers,
    })
    response.end(status === 204 ? undefined : JSON.stringify(value))
  }
}

/** An answer of the gateway itself, as its problem renderer writes it. */
export function problem(
  status: number,
  code: FaultCode | 'policy.of-tomorrow',
  headers: Record<string, string> = {},
): Answer {
  const { owner, says } =
    code === 'policy.of-tomorrow' ? { owner: 'caller', says: 'Not yet.' } : faultKinds[code]
  return (response, { method }) => {
    response.writeHead(status, {
      'content-type': 'application/problem+json',
      'proxy-status': `countersign; error=http_request_denied; details="${code}"`,
      'x-request-id': 'req-gateway',
      ...headers,
    })
    const body = { type: faultType(code), title: says, status, detail: says, code, owner }
    response.end(method === 'HEAD' ? undefined : JSON.stringify({ ...body, request_id: 'req-gateway' }))
  }
}
