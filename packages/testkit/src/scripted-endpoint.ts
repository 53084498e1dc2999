import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Mood } from './mood.ts'

/** One request as an endpoint of a test received it. */
export interface SeenRequest {
  readonly method: string
  /** The request target, query included. */
  readonly target: string
  /** Names and values in order of arrival, in the caller's spelling, duplicates kept. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Every byte of the body, read as UTF-8. */
  readonly body: string
}

/** An endpoint that answers as it is told and remembers what it was asked. */
export interface ScriptedEndpoint {
  readonly requests: readonly SeenRequest[]
  /** How many requests arrived since the start or the last {@link ScriptedEndpoint.forget}. */
  readonly count: number
  /** Answers the coming requests with these moods, one each, before the lasting mood applies again. */
  next(...moods: Mood[]): void
  /** Answers every further request like this. */
  always(mood: Mood): void
  /** Answers well again and drops what {@link ScriptedEndpoint.next} still had in store. */
  recover(): void
  /** Empties `requests` and sets `count` to 0. */
  forget(): void
  /** Takes one request; for the server that owns the endpoint. */
  handle(request: IncomingMessage, response: ServerResponse): void
}

/** An endpoint whose good answer is `well`. The answer begins when the whole request has arrived. */
export function createScriptedEndpoint(well: Mood): ScriptedEndpoint {
  const requests: SeenRequest[] = []
  const coming: Mood[] = []
  let lasting = well
  return {
    requests,
    get count() {
      return requests.length
    },
    next(...moods) {
      coming.push(...moods)
    },
    always(mood) {
      lasting = mood
    },
    recover() {
      coming.length = 0
      lasting = well
    },
    forget() {
      requests.length = 0
    },
    handle(request, response) {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('error', () => response.destroy())
      request.on('end', () => {
        requests.push(seen(request, Buffer.concat(chunks)))
        const mood = coming.shift() ?? lasting
        mood(response, request)
      })
    },
  }
}

function seen(request: IncomingMessage, body: Buffer): SeenRequest {
  const headers: [string, string][] = []
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    headers.push([request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? ''])
  }
  return { method: request.method ?? '', target: request.url ?? '', headers, body: body.toString('utf8') }
}
