import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { listenOnLoopback } from '@countersign/testkit'
import type { StateHandler } from './verify-provider.ts'

/** An answer, as a mutation sees it. */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** JSON, as a value; without it there is no body that is JSON. */
  readonly body: Readonly<Record<string, unknown>>
}

/** A provider that breaks its contract in one place. */
export interface Mutation<State extends string> {
  readonly what: string
  /** Together they name one interaction of the contract. */
  readonly given: State
  /** Method and the beginning of the target; with a blank behind it, all of it. */
  readonly call: `${string} /${string}`
  readonly change: (answer: Answer) => Partial<Answer>
  /** The line that a broken contract has to be reported by. */
  readonly line: string
}

/** Stands between a verifier and a provider. */
export interface MutatingProxy<State extends string> extends AsyncDisposable {
  readonly url: string
  /** The provider's states, watched: which one holds decides which mutation applies. */
  watch(states: Readonly<Record<State, StateHandler>>): Readonly<Record<State, StateHandler>>
}

/** Passes every exchange on as it is, but for the answers that mutations change. */
export async function startMutatingProxy<State extends string>(
  provider: string,
  mutations: readonly Mutation<State>[],
): Promise<MutatingProxy<State>> {
  let state: string | undefined
  const find = ({ method, url }: IncomingMessage) =>
    mutations.find(({ given, call }) => given === state && `${method} ${url} `.startsWith(call))
  const server = createServer((inbound, outbound) => {
    passOn(provider, inbound)
      .then((answer) => respond(outbound, answer, find(inbound)?.change))
      .catch((error: unknown) => outbound.destroy(error instanceof Error ? error : undefined))
  })
  const { authority, close } = await listenOnLoopback(server)
  function watched([name, handle]: [string, StateHandler]): [string, StateHandler] {
    return [
      name,
      (parameters) => {
        state = name
        return handle(parameters)
      },
    ]
  }
  return {
    url: `http://${authority}`,
    watch: (states) => Object.fromEntries(Object.entries<StateHandler>(states).map(watched)) as typeof states,
    [Symbol.asyncDispose]: close,
  }
}

interface Passed {
  readonly message: IncomingMessage
  readonly body: Buffer
}

async function passOn(provider: string, inbound: IncomingMessage): Promise<Passed> {
  const { method, url } = inbound
  // A tenant is told by its `Host`.
  const headers = { ...inbound.headers, host: new URL(provider).host }
  const sent = await buffer(inbound)
  return await new Promise((resolve, reject) => {
    const outbound = request(new URL(url ?? '/', provider), { method, headers }, (message) => {
      buffer(message).then((body) => resolve({ message, body }), reject)
    })
    outbound.once('error', reject).end(sent)
  })
}

function respond(
  outbound: ServerResponse,
  { message, body }: Passed,
  change: Mutation<string>['change'] | undefined,
): void {
  const { statusCode: status = 502, headers } = message
  if (change === undefined) {
    outbound.writeHead(status, headers).end(body)
    return
  }
  const answer = { status, headers, body: body.length === 0 ? {} : JSON.parse(body.toString()) }
  const changed = { ...answer, ...change(answer) }
  const text = body.length === 0 ? '' : JSON.stringify(changed.body)
  const fields = Object.entries({ ...changed.headers, 'content-length': String(Buffer.byteLength(text)) })
  const present = fields.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat()] as const],
  )
  outbound.writeHead(changed.status, Object.fromEntries(present)).end(text)
}
