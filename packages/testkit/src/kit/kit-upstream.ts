import { createServer, type IncomingMessage } from 'node:http'
import { listenOnLoopback } from '../loopback-server.ts'
import { answersJson, answersStatus, type Mood } from '../mood.ts'
import { createScriptedEndpoint, type SeenRequest } from '../scripted-endpoint.ts'
import { startTokenEndpoint, type TestTokenEndpoint } from '../token-endpoint.ts'

/** A request as the upstream got it from the gateway. */
export interface UpstreamRequest {
  readonly method: string
  /** Without the query, and without the upstream's name. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Headers
  readonly body: string
  /** The body, parsed. @throws {SyntaxError} it is not JSON */
  json(): unknown
}

/** What an upstream answers. */
export interface UpstreamAnswer {
  /** Default 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown
}

/** An upstream of the policy: records what reaches it, and answers as the test says. */
export interface KitUpstream {
  /** What the gateway takes for the upstream's address. */
  readonly url: string
  /** Everything that has reached it, in order. A call that was refused is not here. */
  readonly requests: readonly UpstreamRequest[]
  /** Its token endpoint: `requests`, `issued`, and moods for what goes wrong. */
  readonly tokens: TestTokenEndpoint
  /**
   * Answers requests of a route (`POST /api/accounts/{id}/members`) with this, or every request that no route
   * fits. What was said last comes first. A request that nothing fits is answered with 501 and says so.
   */
  answer(answer: UpstreamAnswer | Mood): void
  answer(route: string, answer: UpstreamAnswer | Mood): void
  /** Forgets requests and answers. */
  forget(): void
}

/** Starts an upstream and its token endpoint on free loopback ports. */
export async function startKitUpstream(name: string): Promise<KitUpstream & AsyncDisposable> {
  await using started = new AsyncDisposableStack()
  const answers: { readonly fits: (request: IncomingMessage) => boolean; readonly mood: Mood }[] = []
  let otherwise: Mood | undefined
  const endpoint = createScriptedEndpoint((response, request) => {
    const said = answers.find(({ fits }) => fits(request))
    const mood =
      said?.mood ?? otherwise ?? answersStatus(501, unsaid(name, request), { 'content-type': 'text/plain' })
    mood(response, request)
  })
  const server = started.use(await listenOnLoopback(createServer(endpoint.handle)))
  const tokens = started.use(await startTokenEndpoint())
  const running = started.move()
  return {
    url: `http://${server.authority}`,
    tokens,
    get requests() {
      return endpoint.requests.map(upstreamRequest)
    },
    answer(...said: [UpstreamAnswer | Mood] | [string, UpstreamAnswer | Mood]) {
      const [route, answer] = said.length === 1 ? [undefined, said[0]] : said
      const mood = typeof answer === 'function' ? answer : moodOf(answer)
      if (route === undefined) otherwise = mood
      else answers.unshift({ fits: compileRoute(route), mood })
    },
    forget() {
      endpoint.forget()
      tokens.forget()
      answers.length = 0
      otherwise = undefined
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

function unsaid(name: string, { method, url = '' }: IncomingMessage): string {
  const route = `${method} ${url.replace(/\?.*$/s, '')}`
  return `the test does not say what ${name} answers: kit.upstream('${name}').answer('${route}', { body: … })`
}

function moodOf({ status = 200, headers, body }: UpstreamAnswer): Mood {
  if (body === undefined || typeof body === 'string') return answersStatus(status, body, { ...headers })
  return answersJson(body, status, { ...headers })
}

function compileRoute(route: string): (request: IncomingMessage) => boolean {
  const [method, template, ...more] = route.split(' ')
  if (template === undefined || more.length > 0 || !template.startsWith('/')) {
    throw new TypeError(`${JSON.stringify(route)} is no route: write METHOD /path/{variable}`)
  }
  const wanted = template.split('/')
  return ({ method: asked, url = '' }) => {
    const segments = url.replace(/\?.*$/s, '').split('/')
    return (
      asked === method &&
      segments.length === wanted.length &&
      wanted.every((segment, at) => /^\{.+\}$/.test(segment) || segment === segments[at])
    )
  }
}

function upstreamRequest({ method, target, headers, body }: SeenRequest): UpstreamRequest {
  const { pathname, searchParams } = new URL(target, 'http://upstream.invalid')
  return {
    method,
    path: pathname,
    query: searchParams,
    headers: new Headers(headers.map(([name, value]): [string, string] => [name, value])),
    body,
    json: () => JSON.parse(body),
  }
}
